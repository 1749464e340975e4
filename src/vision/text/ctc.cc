#include "vision/text/ctc.h"

#include <algorithm>
#include <string>

namespace eyrie::vision {
namespace {

struct Likeliest {
  std::size_t cls = 0;
  float probability = 0;
};

// The largest of a row; in two passes the compiler makes vector code of the first.
Likeliest likeliest_of(std::span<const float> row) {
  float highest = 0;
  for (const float value : row) highest = value > highest ? value : highest;  // NaN compares as false
  const auto at = std::ranges::find(row, highest);
  if (at == row.end()) return {};
  return {static_cast<std::size_t>(at - row.begin()), std::min(highest, 1.0F)};
}

}  // namespace

Result<std::vector<Glyph>> decode_ctc(std::span<const float> values, std::size_t steps, std::size_t classes) {
  if (classes < 3 || values.size() != steps * classes) {
    return fail(Code::kInternal, "the text recognizer answered " + std::to_string(values.size()) +
                                     " values for " + std::to_string(steps) + " steps of " +
                                     std::to_string(classes) + " classes");
  }
  const std::size_t space = classes - 1;
  std::vector<Glyph> glyphs;
  std::size_t previous = 0;
  Glyph gap{.cls = space};  // the likeliest space since the last character
  for (std::size_t step = 0; step < steps; ++step) {
    const std::span<const float> row = values.subspan(step * classes, classes);
    const Likeliest best = likeliest_of(row);
    if (row[space] > gap.probability)
      gap = {.cls = space, .begin = step, .end = step + 1, .probability = row[space]};
    if (best.cls != 0 && best.cls == previous) {
      Glyph& glyph = glyphs.back();
      glyph.end = step + 1;
      glyph.probability = std::max(glyph.probability, best.probability);
      gap.probability = 0;
    } else if (best.cls != 0) {
      const bool between = best.cls != space && !glyphs.empty() && glyphs.back().cls != space;
      if (between && gap.probability > kLikelySpace) glyphs.push_back(gap);
      glyphs.push_back({.cls = best.cls, .begin = step, .end = step + 1, .probability = best.probability});
      gap.probability = 0;
    }
    previous = best.cls;
  }
  return glyphs;
}

}  // namespace eyrie::vision
