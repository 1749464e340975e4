#include "vision/text/layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace eyrie::vision {
namespace {

using image::PixelPoint;
using image::Quad;

constexpr double kPi = std::numbers::pi;
// Boxes this many times longer than high tell which way text runs.
constexpr float kTelling = 2.5F;
constexpr double kSameAxis = kPi / 18;
// Strips of one row: their middles differ by less than this part of the lower one's height.
constexpr float kSameRow = 0.5F;
// Strips of one line. Heights differ by less than this factor, ...
constexpr float kSameHeight = 1.6F;
// ... the next begins about where this one's middle line ends (in heights), ...
constexpr float kSameBaseline = 0.35F;
// ... and after no more than a wide space, nor far inside this one.
constexpr float kWideSpace = 0.6F;
constexpr float kOverlap = 0.6F;

float dot(PixelPoint a, PixelPoint b) {
  return a.x * b.x + a.y * b.y;
}

// Of two undirected lines, 0..pi/2.
double axis_between(double a, double b) {
  const double between = angle_between(a, b);
  return std::min(between, kPi - between);
}

// A strip in the page's own axes.
struct Placed {
  std::size_t index = 0;
  float start = 0, middle = 0, height = 0;
};

PixelPoint left_middle(const Quad& strip) {
  return (strip[0] + strip[3]) * 0.5F;
}

PixelPoint right_middle(const Quad& strip) {
  return (strip[1] + strip[2]) * 0.5F;
}

bool continues(const Quad& strip, const Quad& next) {
  const float height = image::height_of(strip);
  const float other = image::height_of(next);
  const float higher = std::max(height, other);
  if (higher > kSameHeight * std::min(height, other)) return false;
  const PixelPoint end = right_middle(strip);
  const PixelPoint start = left_middle(strip);
  const float length = std::max(image::distance(start, end), 1e-3F);
  const PixelPoint along = (end - start) * (1 / length);
  const PixelPoint across{-along.y, along.x};
  const PixelPoint step = left_middle(next) - end;
  if (std::abs(dot(step, across)) > kSameBaseline * higher) return false;
  const float gap = dot(step, along);
  return gap < kWideSpace * higher && gap > -kOverlap * higher;
}

}  // namespace

double angle_between(double a, double b) {
  const double difference = std::abs(std::remainder(a - b, 2 * kPi));
  return std::min(difference, kPi);
}

double direction_of(const Quad& strip) {
  const PixelPoint along = (strip[1] - strip[0]) + (strip[2] - strip[3]);
  return std::atan2(along.y, along.x);
}

double page_axis(std::span<const TextBox> boxes) {
  struct Voter {
    double angle;
    float weight;
  };
  std::vector<Voter> voters;
  for (const TextBox& box : boxes) {
    const float width = image::width_of(box.corners);
    if (width < kTelling * image::height_of(box.corners)) continue;
    voters.push_back({direction_of(box.corners), width});
  }
  double best = 0;
  double best_weight = 0;
  for (const Voter& voter : voters) {
    double weight = 0;
    double offset = 0;
    for (const Voter& other : voters) {
      if (axis_between(voter.angle, other.angle) > kSameAxis) continue;
      weight += other.weight;
      offset += other.weight * std::remainder(other.angle - voter.angle, kPi);
    }
    if (weight <= best_weight) continue;
    best_weight = weight;
    best = std::remainder(voter.angle + offset / weight, kPi);
  }
  return best;
}

Quad turned_towards(const Quad& box, double direction) {
  Quad best = box;
  for (int quarters = 1; quarters < 4; ++quarters) {
    const Quad other = image::turned(box, quarters);
    if (angle_between(direction_of(other), direction) < angle_between(direction_of(best), direction) - 1e-6)
      best = other;
  }
  return best;
}

std::vector<std::vector<std::size_t>> lines_of(std::span<const Quad> strips, double direction) {
  const PixelPoint along{static_cast<float>(std::cos(direction)), static_cast<float>(std::sin(direction))};
  const PixelPoint across{-along.y, along.x};
  std::vector<Placed> placed;
  for (std::size_t i = 0; i < strips.size(); ++i) {
    const PixelPoint center = image::center_of(strips[i]);
    float start = dot(strips[i][0], along);
    for (const PixelPoint& corner : strips[i]) start = std::min(start, dot(corner, along));
    placed.push_back({i, start, dot(center, across), image::height_of(strips[i])});
  }
  std::ranges::sort(placed, {}, [](const Placed& strip) { return std::pair(strip.middle, strip.index); });
  std::vector<std::vector<std::size_t>> lines;
  std::vector<bool> taken(placed.size());
  for (std::size_t first = 0; first < placed.size(); ++first) {
    if (taken[first]) continue;
    std::vector<Placed> row;
    for (std::size_t i = first; i < placed.size(); ++i) {
      const float lower = std::min(placed[i].height, placed[first].height);
      if (taken[i] || placed[i].middle - placed[first].middle > kSameRow * lower) continue;
      taken[i] = true;
      row.push_back(placed[i]);
    }
    std::ranges::sort(row, {}, [](const Placed& strip) { return std::pair(strip.start, strip.index); });
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool joins = i > 0 && continues(strips[row[i - 1].index], strips[row[i].index]);
      if (!joins) lines.emplace_back();
      lines.back().push_back(row[i].index);
    }
  }
  return lines;
}

}  // namespace eyrie::vision
