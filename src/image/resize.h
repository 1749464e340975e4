// Geometry on pictures: scaling, cropping. Area averaging where the picture shrinks, bilinear where it grows.
// Implemented over OpenCV, which no header of ours shows. Thread-safe; each call runs on the caller's thread
// alone.
#pragma once

#include "image/image.h"

namespace eyrie::image {

struct Rect {
  int x = 0, y = 0, width = 0, height = 0;  // pixels; must lie inside the picture
};

Image resize(const Image& source, int width, int height);
// A part of the picture, scaled to width x height in one step.
Image crop_resize(const Image& source, const Rect& part, int width, int height);
// A part at half its size; a last odd row or column is left out.
Image halve(const Image& source, const Rect& part);
// Plain bilinear sampling at half-pixel centres without averaging, as many networks were trained with.
Image resize_bilinear(const Image& source, const Rect& part, int width, int height);

}  // namespace eyrie::image
