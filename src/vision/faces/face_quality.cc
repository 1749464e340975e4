#include "vision/faces/face_quality.h"

#include <algorithm>
#include <vector>

#include "vision/faces/alignment.h"
#include "vision/properties/quality.h"

namespace eyrie::vision {
namespace {

// Of the aligned picture: the face is an ellipse round its middle.
std::vector<std::uint8_t> face_mask() {
  constexpr double kMiddleX = 0.5 * kAlignedSide, kMiddleY = 0.62 * kAlignedSide;
  constexpr double kAside = 0.36 * kAlignedSide, kUp = 0.38 * kAlignedSide;
  std::vector<std::uint8_t> mask;
  for (int y = 0; y < kAlignedSide; ++y) {
    for (int x = 0; x < kAlignedSide; ++x) {
      const double across = (x + 0.5 - kMiddleX) / kAside;
      const double down = (y + 0.5 - kMiddleY) / kUp;
      mask.push_back(across * across + down * down <= 1 ? 255 : 0);
    }
  }
  return mask;
}

}  // namespace

FaceQuality measure_face_quality(const image::Image& picture, const FaceSeed& seed) {
  static const std::vector<std::uint8_t> mask = face_mask();
  const Quality quality = sum_quality(align_face(picture, seed), mask)[1].quality();
  return {.brightness = quality.brightness, .sharpness = quality.sharpness};
}

}  // namespace eyrie::vision
