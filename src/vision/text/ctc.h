// From a text recognizer's answer to characters, with their places along the line.
//
// Connectionist temporal classification (Graves et al. 2006, ICML): of each step along the line the likeliest
// class; runs of one class are one character, blanks go. Spaces are what these recognizers miss most, so a
// space that was merely likely between two characters is taken too (kLikelySpace).
//
// Units: steps from the line's left end; probabilities 0..1.
// Errors: kInternal - the values are not steps * classes. Values that are not finite are never the likeliest.
// Thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace eyrie::vision {

struct Glyph {
  std::size_t cls = 0;
  std::size_t begin = 0, end = 0;  // steps [begin, end)
  float probability = 0;           // the largest of its steps

  // Its middle in steps.
  float at() const { return static_cast<float>(begin + end) / 2; }
};

inline constexpr float kLikelySpace = 0.1F;

// `values`: steps rows of `classes` probabilities. Class 0 is the blank, the last class the space.
Result<std::vector<Glyph>> decode_ctc(std::span<const float> values, std::size_t steps, std::size_t classes);

}  // namespace eyrie::vision
