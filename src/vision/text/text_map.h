// From a text detector's map to boxes around lines of text.
//
// The network (differentiable binarization, Liao et al. 2020, "Real-time Scene Text Detection with
// Differentiable Binarization", AAAI) says for each pixel how likely it lies in the kernel of a line: the
// line's box moved inwards by area * (1 - r^2) / perimeter with r = 0.4. Here: pixels over a threshold,
// grouped where they touch; around each group the rectangle of least area, at whatever angle; its sides moved
// outwards again by area * unclip / perimeter.
//
// Units: pixels of the map; scores 0..1.
// Time and memory are bounded by the map's size whatever it holds: one pass groups, at most kMaxGroups groups
// (the largest) are looked at, and values that are not finite count as no text. Errors: kInternal - the
// values are not width * height. Thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/quad.h"

namespace eyrie::vision {

struct TextMap {
  int width = 0, height = 0;
  std::span<const float> values;  // row by row
};

struct TextMapOptions {
  float pixel = 0.2F;   // a pixel at least this likely belongs to a kernel
  float box = 0.45F;    // a group's mean that makes it a line
  float unclip = 1.4F;  // see above
  float min_side = 2;   // of the rectangle around a group, before it grows
};

inline constexpr std::size_t kMaxGroups = 1000;

// Where a line of text lies. The side from corner 0 to corner 1 is a longer one, and points to the right (one
// that is upright points up); which way the text runs is not known yet.
struct TextBox {
  image::Quad corners;
  float score = 0;
};

Result<std::vector<TextBox>> find_boxes(const TextMap& map, const TextMapOptions& options);

}  // namespace eyrie::vision
