// The square that a network is shown of a face: turned with the face, scaled, cut out of the picture.
//
// Units: pixels of the picture; angles in radians, clockwise on the screen. A square may reach beyond the
// picture, where it is black. Errors: none. Thread safety: plain data and functions.
#pragma once

#include "image/image.h"
#include "image/warp.h"
#include "vision/faces/face_seed.h"
#include "vision/networks/pack.h"
#include "vision/recognition/recognition.h"

namespace eyrie::vision {

struct FaceSquare {
  double x = 0, y = 0;  // the middle
  double side = 0;
  double angle = 0;

  FaceSquare scaled(double by) const { return {x, y, side * by, angle}; }
  // The place in the picture of a place in the square; (0, 0) is its top left corner and (1, 1) its bottom
  // right one.
  Point at(double across, double down) const;
  // From places in an upright picture of the square, `size` pixels wide, to places in the picture.
  image::Affine to_picture(int size) const;
};

// The square that MediaPipe's detector would draw, turned by the line between the eyes.
FaceSquare square_of(const FaceSeed& seed, const image::Image& picture);

// The square as the network wants it; `mirrored` swaps left and right.
Tensor cut_out(const image::Image& picture, const FaceSquare& square, const InputSpec& spec,
               bool mirrored = false);

}  // namespace eyrie::vision
