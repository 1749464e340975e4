#include "vision/text/text_finder.h"

#include <algorithm>
#include <cmath>

#include "image/resize.h"
#include "vision/text/tiles.h"

namespace eyrie::vision {
namespace {

// Larger pictures are made this many pixels long.
constexpr double kSide = 1600;

// An input of more pixels is shown in tiles: scratch memory goes with the tile, not with the picture.
constexpr int kMostPixels = 1'300'000;

int in_steps(double pixels) {
  return std::max(1, static_cast<int>(std::lround(pixels / kDetectorStep))) * kDetectorStep;
}

// What the network says of every pixel of an input of the spec's size.
Result<std::vector<float>> map_of(Network& detector, const image::Image& picture, const image::Rect& part,
                                  const InputSpec& spec) {
  if (spec.width * spec.height <= kMostPixels) {
    EYRIE_TRY(Session::Outputs outputs, detector.run(prepare(picture, {.part = part}, spec).tensor));
    return std::vector<float>(outputs[0].values.begin(), outputs[0].values.end());
  }
  const image::Image shown = image::crop_resize(picture, part, spec.width, spec.height);
  std::vector<float> map(static_cast<std::size_t>(spec.width) * static_cast<std::size_t>(spec.height));
  for (const TileSpan& y : tile_spans(spec.height)) {
    for (const TileSpan& x : tile_spans(spec.width)) {
      InputSpec tile = spec;
      tile.width = x.length;
      tile.height = y.length;
      EYRIE_TRY(const Session::Outputs outputs,
                detector.run(prepare(shown, {.part = {x.start, y.start, x.length, y.length}}, tile).tensor));
      const auto values = outputs[0].values;
      if (values.size() != static_cast<std::size_t>(x.length) * static_cast<std::size_t>(y.length))
        return fail(Code::kInternal, "the text detector's map has another size than its input");
      for (int row = y.from; row < y.to; ++row) {
        const auto from = values.begin() + static_cast<std::ptrdiff_t>(row - y.start) * x.length + (x.from - x.start);
        std::copy(from, from + (x.to - x.from), map.begin() + static_cast<std::ptrdiff_t>(row) * spec.width + x.from);
      }
    }
  }
  return map;
}

}  // namespace

Result<std::vector<TextBox>> TextFinder::find(const image::Image& picture) const {
  const double scale = std::min(1.0, kSide / std::max(picture.width, picture.height));
  return find(picture, {0, 0, picture.width, picture.height}, scale);
}

Result<std::vector<TextBox>> TextFinder::find(const image::Image& picture, const image::Rect& part,
                                              double scale) const {
  EYRIE_TRY(Network * detector, networks_.require(Role::kTextDetector));
  InputSpec spec = detector->pack().input;
  spec.width = in_steps(part.width * scale);
  spec.height = in_steps(part.height * scale);
  EYRIE_TRY(const std::vector<float> values, map_of(*detector, picture, part, spec));
  EYRIE_TRY(std::vector<TextBox> boxes, find_boxes({spec.width, spec.height, values}, {}));
  const float across = static_cast<float>(part.width) / static_cast<float>(spec.width);
  const float down = static_cast<float>(part.height) / static_cast<float>(spec.height);
  for (TextBox& box : boxes) {
    for (image::PixelPoint& corner : box.corners) {
      corner = {static_cast<float>(part.x) + corner.x * across, static_cast<float>(part.y) + corner.y * down};
    }
  }
  return boxes;
}

}  // namespace eyrie::vision
