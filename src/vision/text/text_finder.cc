#include "vision/text/text_finder.h"

#include <algorithm>
#include <cmath>

namespace eyrie::vision {
namespace {

// The network halves its input five times.
constexpr int kStep = 32;
// Larger pictures are made this many pixels long.
constexpr double kSide = 1600;

int in_steps(double pixels) {
  return std::max(1, static_cast<int>(std::lround(pixels / kStep))) * kStep;
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
  EYRIE_TRY(const Session::Outputs outputs, detector->run(prepare(picture, {.part = part}, spec).tensor));
  const TextMap map{spec.width, spec.height, outputs[0].values};
  EYRIE_TRY(std::vector<TextBox> boxes, find_boxes(map, {}));
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
