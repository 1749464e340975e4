#include "vision/text/close_look.h"

#include <algorithm>
#include <cmath>

#include "vision/text/layout.h"

namespace eyrie::vision {
namespace {

using image::PixelPoint;
using image::Quad;

// In the strip's heights: what it is lengthened by at both ends, and what goes above and below.
constexpr float kLonger = 0.1F;
constexpr float kLower = 0.1F;
// How much of the surroundings the detector is shown, in heights, and how enlarged: its boxes differ with size, and which
// one fits shows only in the reading.
constexpr float kSurroundings = 0.5F;
constexpr double kEnlarged[] = {1.5, 3};
// Less high than this many pixels nothing is found or read.
constexpr float kLegibleHeight = 8;
// The same text found anew is this long and high at least and at most, by what it was.
constexpr float kShortest = 0.5F;
constexpr float kLowest = 0.35F;
constexpr float kHighest = 1.3F;

// The part of the picture around a strip; empty where the strip lies outside.
image::Rect surroundings_of(const image::Image& picture, const Quad& strip) {
  const float margin = kSurroundings * image::height_of(strip);
  const auto [left, right] =
      std::minmax({strip[0].x, strip[1].x, strip[2].x, strip[3].x});
  const auto [top, bottom] = std::minmax({strip[0].y, strip[1].y, strip[2].y, strip[3].y});
  const int x = std::max(0, static_cast<int>(std::floor(left - margin)));
  const int y = std::max(0, static_cast<int>(std::floor(top - margin)));
  const int end_x = std::min(picture.width, static_cast<int>(std::ceil(right + margin)));
  const int end_y = std::min(picture.height, static_cast<int>(std::ceil(bottom + margin)));
  return {x, y, std::max(0, end_x - x), std::max(0, end_y - y)};
}

// Whether the strip's middle lies in the box; sides of a box are straight, so it does where no side has it outside.
bool holds_middle(const Quad& box, const Quad& strip) {
  const PixelPoint at = image::center_of(strip);
  for (std::size_t i = 0; i < 4; ++i) {
    const PixelPoint side = box[(i + 1) % 4] - box[i];
    const PixelPoint to = at - box[i];
    if (side.x * to.y - side.y * to.x < 0) return false;
  }
  return true;
}

Quad longer(const Quad& strip) {
  const float ends = kLonger * image::height_of(strip) / std::max(image::width_of(strip), 1e-3F);
  return image::slice(strip, -ends, 1 + ends);
}

}  // namespace

std::optional<Quad> same_text(const std::vector<TextBox>& boxes, const Quad& strip) {
  std::optional<Quad> best;
  for (const TextBox& box : boxes) {
    const Quad found = turned_towards(box.corners, direction_of(strip));
    const float length = image::width_of(found) / std::max(image::width_of(strip), 1e-3F);
    const float height = image::height_of(found) / std::max(image::height_of(strip), 1e-3F);
    if (length < kShortest || height < kLowest || height > kHighest || !holds_middle(found, strip)) continue;
    if (!best || image::width_of(found) > image::width_of(*best)) best = found;
  }
  return best;
}

Result<StripReading> CloseLook::look(const image::Image& picture, StripReading so_far, Depth depth) const {
  const Quad strip = so_far.strip;
  // A page's strips begin and end where the text does.
  EYRIE_CHECK_OK(read_again(picture, depth == Depth::kReadAgain ? strip : longer(strip), so_far));
  if (depth == Depth::kReadAgain || image::height_of(strip) < kLegibleHeight) return so_far;
  for (const double scale : kEnlarged) {
    EYRIE_TRY(const std::optional<Quad> found, find_again(picture, strip, scale));
    if (found) EYRIE_CHECK_OK(read_again(picture, longer(*found), so_far));
  }
  return so_far;
}

Result<std::optional<Quad>> CloseLook::find_again(const image::Image& picture, const Quad& strip,
                                                  double scale) const {
  const image::Rect part = surroundings_of(picture, strip);
  if (part.width == 0 || part.height == 0) return std::nullopt;
  EYRIE_TRY(const std::vector<TextBox> boxes, finder_.find(picture, part, scale));
  return same_text(boxes, strip);
}

Status CloseLook::read_again(const image::Image& picture, const Quad& strip, StripReading& best) const {
  const Quad lower = image::band(strip, kLower, 1 - kLower);
  for (const StripReader* reader : {&first_, &second_}) {
    if (!reader->installed()) continue;
    EYRIE_TRY(Reading reading, reader->read(picture, lower));
    if (reading.confidence > best.reading.confidence) best = {strip, std::move(reading)};
  }
  return {};
}

}  // namespace eyrie::vision
