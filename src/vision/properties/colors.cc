#include "vision/properties/colors.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vision/properties/css_colors.h"
#include "vision/properties/lab.h"

namespace eyrie::vision {
namespace {

constexpr std::size_t kSeeds = 24;  // more than an answer may hold, as some become one
constexpr int kRounds = 10;
constexpr float kAlike = 8;  // CIELAB
constexpr double kLeastPercent = 1;

// A cell of the histogram, or several together.
struct Cluster {
  Lab center;
  double weight = 0;                    // pixels
  double red = 0, green = 0, blue = 0;  // sums of the pixels' channels
  const CssColor* css = nullptr;        // where it has been named

  void add(const Cluster& other) {
    weight += other.weight;
    red += other.red;
    green += other.green;
    blue += other.blue;
  }
  void settle() {
    center = to_lab(static_cast<float>(red / weight), static_cast<float>(green / weight),
                    static_cast<float>(blue / weight));
  }
};

std::vector<Cluster> points_of(const ColorHistogram& histogram) {
  std::vector<Cluster> points;
  for (const ColorHistogram::Cell& cell : histogram.cells()) {
    if (cell.count == 0) continue;
    Cluster point{.center = {},
                  .weight = static_cast<double>(cell.count),
                  .red = static_cast<double>(cell.sums[0]),
                  .green = static_cast<double>(cell.sums[1]),
                  .blue = static_cast<double>(cell.sums[2]),
                  .css = nullptr};
    point.settle();
    points.push_back(point);
  }
  return points;
}

// The heaviest point, then what the seeds so far stand for least.
std::vector<Lab> seeds_of(const std::vector<Cluster>& points) {
  std::vector<Lab> seeds;
  std::vector<float> nearest(points.size(), std::numeric_limits<float>::max());
  std::size_t next =
      static_cast<std::size_t>(std::ranges::max_element(points, {}, &Cluster::weight) - points.begin());
  while (true) {
    seeds.push_back(points[next].center);
    if (seeds.size() == kSeeds) return seeds;
    double most = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      nearest[i] = std::min(nearest[i], distance_squared(points[i].center, seeds.back()));
      const double gain =
          nearest[i] < kAlike * kAlike ? 0 : points[i].weight * static_cast<double>(nearest[i]);
      if (gain > most) {
        most = gain;
        next = i;
      }
    }
    if (most == 0) return seeds;
  }
}

std::size_t nearest_of(const std::vector<Lab>& centers, const Lab& color) {
  std::size_t best = 0;
  float least = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < centers.size(); ++i) {
    const float distance = distance_squared(centers[i], color);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

// Lloyd's algorithm. Clusters without points are dropped at the end.
std::vector<Cluster> cluster(const std::vector<Cluster>& points) {
  std::vector<Lab> centers = seeds_of(points);
  std::vector<std::size_t> owner(points.size(), centers.size());
  std::vector<Cluster> clusters;
  for (int round = 0; round < kRounds; ++round) {
    bool moved = false;
    clusters.assign(centers.size(), {});
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::size_t nearest = nearest_of(centers, points[i].center);
      moved = moved || nearest != owner[i];
      owner[i] = nearest;
      clusters[nearest].add(points[i]);
    }
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      if (clusters[i].weight > 0) clusters[i].settle();
      centers[i] = clusters[i].weight > 0 ? clusters[i].center : centers[i];
    }
    if (!moved) break;
  }
  std::erase_if(clusters, [](const Cluster& one) { return one.weight == 0; });
  return clusters;
}

bool alike(const Cluster& one, const Cluster& other) {
  return distance_squared(one.center, other.center) < kAlike * kAlike || one.css == other.css;
}

// The first two that are alike, made one, the other taken out. False where there are none.
bool unite_two(std::vector<Cluster>& clusters) {
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    for (std::size_t j = i + 1; j < clusters.size(); ++j) {
      if (!alike(clusters[i], clusters[j])) continue;
      clusters[i].add(clusters[j]);
      clusters[i].settle();
      clusters[i].css = &nearest_css_color(clusters[i].center);
      clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(j));
      return true;
    }
  }
  return false;
}

// Heavier ones take up lighter ones until no two are alike. Heaviest first.
std::vector<Cluster> unite(std::vector<Cluster> clusters) {
  for (Cluster& one : clusters) one.css = &nearest_css_color(one.center);
  do {
    std::ranges::sort(clusters, std::ranges::greater{}, &Cluster::weight);
  } while (unite_two(clusters));
  return clusters;
}

}  // namespace

void ColorHistogram::add(const ColorHistogram& other) {
  for (std::size_t i = 0; i < kCells; ++i) {
    cells_[i].count += other.cells_[i].count;
    for (std::size_t c = 0; c < 3; ++c) cells_[i].sums[c] += other.cells_[i].sums[c];
  }
}

std::vector<DominantColor> dominant_colors(const ColorHistogram& histogram, std::size_t max_colors) {
  const std::vector<Cluster> points = points_of(histogram);
  if (points.empty() || max_colors == 0) return {};
  double total = 0;
  for (const Cluster& point : points) total += point.weight;
  std::vector<DominantColor> colors;
  for (const Cluster& found : unite(cluster(points))) {
    const double percent = 100 * found.weight / total;
    if (percent < kLeastPercent || colors.size() == max_colors) break;
    const auto channel = [&](double sum) {
      return static_cast<std::uint8_t>(std::lround(sum / found.weight));
    };
    colors.push_back({.red = channel(found.red),
                      .green = channel(found.green),
                      .blue = channel(found.blue),
                      .simplified = found.css->simple,
                      .css = found.css->name,
                      .percent = percent});
  }
  return colors;
}

}  // namespace eyrie::vision
