// The colours of a face, cell by cell, in CIELAB (white point D65), where distances are about as large as
// people see them.
//
// Errors: none. Thread safety: plain data.
#pragma once

#include <span>
#include <vector>

#include "vision/faces/parsing/face_grid.h"

namespace eyrie::vision {

struct Lab {
  double l = 0, a = 0, b = 0;  // lightness 0..100; green to red, blue to yellow

  double chroma() const;
};

class FaceColors {
 public:
  FaceColors(const image::Image& picture, const UprightFace& face);

  // Of each component on its own.
  Lab median(std::span<const Spot> spots) const;
  double mean_luma(std::span<const Spot> spots) const;  // 0..255

 private:
  // Constant after construction.
  FaceGrid grid_;
  image::Image cells_;
};

}  // namespace eyrie::vision
