// A look at a part of a picture, as a network gets it: a rectangle that may be turned and may reach beyond
// the picture (black there), scaled to the network's input.
//
// Units: places of a look are ratios of it, of the picture pixels. Thread safety: plain data and functions.
#pragma once

#include "image/image.h"
#include "image/pyramid.h"
#include "vision/recognition/recognition.h"

namespace eyrie::vision {

struct Look {
  Point centre;
  double width = 0, height = 0;  // along the look's own axes
  double angle = 0;              // degrees clockwise that its right points away from the picture's right

  Point to_picture(Point ratio) const;
  // What the network is shown, of `pixels_across` x `pixels_down`.
  image::Image take(const image::Pyramid& pyramid, int pixels_across, int pixels_down) const;
};

// Looks that cover the picture: each of an `across`th of its side - of the one that the proportion, width by
// height, leaves the larger - so one look shows all of it. Neighbours share at least a quarter of their side,
// so that a small face cut by one is whole in another.
std::vector<Look> tile(int picture_width, int picture_height, int across, double proportion);

}  // namespace eyrie::vision
