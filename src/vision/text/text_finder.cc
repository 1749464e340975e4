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

// What the network says of every pixel of a part shown at the spec's size.
Result<std::vector<float>> ask(Network& detector, const image::Image& picture, const image::Rect& part,
                               const InputSpec& spec) {
  EYRIE_TRY(Session::Outputs outputs, detector.run(prepare(picture, {.part = part}, spec).tensor));
  return std::vector<float>(outputs[0].values.begin(), outputs[0].values.end());
}

Status ask_tile(Network& detector, const image::Image& shown, const TileSpan& across, const TileSpan& down,
                InputSpec spec, std::vector<float>& map) {
  spec.width = across.length;
  spec.height = down.length;
  EYRIE_TRY(const std::vector<float> said,
            ask(detector, shown, {across.start, down.start, across.length, down.length}, spec));
  if (said.size() != static_cast<std::size_t>(across.length) * static_cast<std::size_t>(down.length))
    return fail(Code::kInternal, "the text detector's map has another size than its input");
  const std::ptrdiff_t width = shown.width;
  for (std::ptrdiff_t row = down.from; row < down.to; ++row) {
    const auto from = said.begin() + (row - down.start) * across.length + (across.from - across.start);
    std::copy(from, from + (across.to - across.from), map.begin() + row * width + across.from);
  }
  return {};
}

// The same, in tiles where the spec has too many pixels for one run.
Result<std::vector<float>> map_of(Network& detector, const image::Image& picture, const image::Rect& part,
                                  const InputSpec& spec) {
  if (spec.width * spec.height <= kMostPixels) return ask(detector, picture, part, spec);
  const image::Image shown = image::crop_resize(picture, part, spec.width, spec.height);
  std::vector<float> map(static_cast<std::size_t>(spec.width) * static_cast<std::size_t>(spec.height));
  for (const TileSpan& down : tile_spans(spec.height)) {
    for (const TileSpan& across : tile_spans(spec.width)) {
      EYRIE_CHECK_OK(ask_tile(detector, shown, across, down, spec, map));
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
