#include "vision/faces/description/face_crop.h"

#include <algorithm>
#include <cmath>

#include "vision/networks/preprocess.h"

namespace eyrie::vision {
namespace {

// The landmark network was trained on MediaPipe's detector's boxes, which are square. Those of a seed are this much
// narrower and higher: medians over FairFace.
constexpr double kWidthOfBox = 0.93;
constexpr double kHeightOfBox = 1.25;

}  // namespace

Point FaceSquare::at(double across, double down) const {
  const double right = (across - 0.5) * side;
  const double below = (down - 0.5) * side;
  return {x + right * std::cos(angle) - below * std::sin(angle),
          y + right * std::sin(angle) + below * std::cos(angle)};
}

image::Affine FaceSquare::to_picture(int size) const {
  const Point corner = at(0, 0);
  const double c = std::cos(angle) * side / size;
  const double s = std::sin(angle) * side / size;
  return {.xx = c, .xy = -s, .x0 = corner.x, .yx = s, .yy = c, .y0 = corner.y};
}

FaceSquare square_of(const FaceSeed& seed, const image::Image& picture) {
  const double width = picture.width;
  const double height = picture.height;
  const Point& left = seed.points[kSeedLeftEye];
  const Point& right = seed.points[kSeedRightEye];
  return {.x = (seed.box.left + seed.box.width / 2) * width,
          .y = (seed.box.top + seed.box.height / 2) * height,
          .side = std::max(seed.box.width * width / kWidthOfBox, seed.box.height * height / kHeightOfBox),
          .angle = std::atan2((right.y - left.y) * height, (right.x - left.x) * width)};
}

Tensor cut_out(const image::Image& picture, const FaceSquare& square, const InputSpec& spec, bool mirrored) {
  const image::Image face = image::warp(picture, square.to_picture(spec.width), spec.width, spec.height);
  return prepare(face, {.part = {0, 0, face.width, face.height}, .mirrored = mirrored}, spec).tensor;
}

}  // namespace eyrie::vision
