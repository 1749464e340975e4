#include "vision/text/text_filter.h"

#include <algorithm>

namespace eyrie::vision {

bool inside(const TextRegion& polygon, Point at) {
  bool in = false;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    if ((a.y > at.y) == (b.y > at.y)) continue;
    if (at.x < a.x + (b.x - a.x) * (at.y - a.y) / (b.y - a.y)) in = !in;
  }
  return in;
}

bool passes(const TextRequest& request, const TextDetection& word) {
  if (!reaches(word.confidence, request.min_confidence)) return false;
  if (word.box.height < request.min_height || word.box.width < request.min_width) return false;
  if (request.regions.empty()) return true;
  const Point center{word.box.left + word.box.width / 2, word.box.top + word.box.height / 2};
  return std::ranges::any_of(request.regions,
                             [&](const TextRegion& region) { return inside(region, center); });
}

}  // namespace eyrie::vision
