// A part of a picture seen turned, scaled and moved; it may reach beyond the picture, where everything is black.
//
// Where the picture shrinks it is halved first, by areas, until a pixel of the result is less than two of it; the rest is
// bilinear. Implemented over OpenCV, which no header of ours
// shows. Errors: none; a map that is not finite or cannot be turned round gives a black picture. Thread-safe; each call
// runs on the caller's thread alone.
#pragma once

#include "image/image.h"

namespace eyrie::image {

// x' = xx x + xy y + x0,  y' = yx x + yy y + y0; pixels, where (0, 0) is the first pixel's top left corner.
struct Affine {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;

  double x(double at_x, double at_y) const { return xx * at_x + xy * at_y + x0; }
  double y(double at_x, double at_y) const { return yx * at_x + yy * at_y + y0; }
};

// `to_source` maps the result's places to the source's. At most kMaxWarpSide pixels a side.
inline constexpr int kMaxWarpSide = 1024;
Image warp(const Image& source, const Affine& to_source, int width, int height);

// How often a picture is to be halved before it is sampled so; 0 for maps that warp() refuses.
int halvings_for(const Affine& to_source);
// The same map onto the source made `scale` times as large.
Affine scaled(const Affine& to_source, double scale);

}  // namespace eyrie::image
