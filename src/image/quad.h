// Four corners in a picture, and what lies between them made upright.
//
// Units: pixels; (0, 0) is the outer corner of the top left pixel. Corners go clockwise, from the top left of
// what the quadrilateral shows (text that stands on its head has its top left at the bottom right).
// Implemented over OpenCV, which no header of ours shows. Thread-safe; each call runs on the caller's thread
// alone.
#pragma once

#include <array>

#include "image/image.h"

namespace eyrie::image {

struct PixelPoint {
  float x = 0, y = 0;

  friend PixelPoint operator+(PixelPoint a, PixelPoint b) { return {a.x + b.x, a.y + b.y}; }
  friend PixelPoint operator-(PixelPoint a, PixelPoint b) { return {a.x - b.x, a.y - b.y}; }
  friend PixelPoint operator*(PixelPoint a, float by) { return {a.x * by, a.y * by}; }
};

// Top left, top right, bottom right, bottom left.
using Quad = std::array<PixelPoint, 4>;

float distance(PixelPoint a, PixelPoint b);
// Mean of the two sides along it, and of the two across.
float width_of(const Quad& quad);
float height_of(const Quad& quad);
PixelPoint center_of(const Quad& quad);

// Turned clockwise by quarters: what was its left side becomes its top.
Quad turned(const Quad& quad, int quarters);

// The part of it between two ratios of its width.
Quad slice(const Quad& quad, float from, float to);
// And between two of its height, from its top.
Quad band(const Quad& quad, float from, float to);

// The quadrilateral's inside as a picture of width x height (both at least 1): areas are averaged where it
// shrinks; what lies outside the source repeats the source's edge.
Image warp(const Image& source, const Quad& quad, int width, int height);

}  // namespace eyrie::image
