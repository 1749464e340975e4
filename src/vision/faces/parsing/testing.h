// For tests: an average face, and what a network might say of it.
#pragma once

#include <functional>
#include <vector>

#include "vision/faces/description/head_shape.h"
#include "vision/faces/description/landmarks.h"
#include "vision/faces/description/pose.h"
#include "vision/faces/parsing/face_parts.h"

namespace eyrie::vision::testing {

// 20 pixels a centimetre, its middle at (400, 300), turned by `pose` (pitch as the canonical head's).
inline Face average_face(const image::Image& picture, const Pose& pose = {}) {
  HeadFit head{.rotation = rotation_of(pose),
               .scale = 20,
               .x = 400,
               .y = 300,
               .width = static_cast<double>(picture.width),
               .height = static_cast<double>(picture.height)};
  Face face;
  face.landmarks = landmarks_of(head);
  face.pose = pose;
  return face;
}

inline image::Image plain(int width, int height, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  image::Image picture{.width = width, .height = height, .rgb = {}};
  for (int i = 0; i < width * height; ++i) picture.rgb.insert(picture.rgb.end(), {red, green, blue});
  return picture;
}

inline void paint(image::Image& picture, const Point& middle, double across, double down,
                  const std::array<std::uint8_t, 3>& rgb) {
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const double dx = (x + 0.5 - middle.x) / across, dy = (y + 0.5 - middle.y) / down;
      if (dx * dx + dy * dy > 1) continue;
      for (int c = 0; c < 3; ++c) picture.row(y)[x * 3 + c] = rgb[static_cast<std::size_t>(c)];
    }
  }
}

// Parts of 28 x 28 cells, each all of what `part_at` says for its place among the others (0..1 across and
// down).
inline FaceParts parts_of(const UprightFace& face, const std::function<FacePart(double, double)>& part_at) {
  constexpr int kCells = 28;
  std::vector<float> shares(kCells * kCells * kFaceParts);
  for (int row = 0; row < kCells; ++row) {
    for (int column = 0; column < kCells; ++column) {
      const FacePart part = part_at((column + 0.5) / kCells, (row + 0.5) / kCells);
      shares[static_cast<std::size_t>(row * kCells + column) * kFaceParts + static_cast<std::size_t>(part)] =
          1;
    }
  }
  return FaceParts(FaceGrid(face, face.square(1.7, 0.15), kCells), std::move(shares));
}

}  // namespace eyrie::vision::testing
