#include "vision/networks/detection.h"

#include <algorithm>
#include <tuple>

namespace eyrie::vision {
namespace {

// A full order, so that equal scores come out the same way every time.
bool better(const Detection& a, const Detection& b) {
  return std::tie(b.score, a.cls, a.left, a.top, a.right, a.bottom) <
         std::tie(a.score, b.cls, b.left, b.top, b.right, b.bottom);
}

}  // namespace

float iou(const Detection& a, const Detection& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const float shared = width * height;
  return shared / (a.area() + b.area() - shared);
}

void keep_best(std::vector<Detection>& detections, std::size_t count) {
  if (detections.size() <= count) return;
  std::nth_element(detections.begin(), detections.begin() + static_cast<std::ptrdiff_t>(count),
                   detections.end(), better);
  detections.resize(count);
}

std::vector<Detection> suppress(std::vector<Detection> detections, float max_iou, std::size_t most) {
  // Class by class, so that a box is compared with its own kind only.
  std::ranges::sort(detections, [](const Detection& a, const Detection& b) {
    return a.cls != b.cls ? a.cls < b.cls : better(a, b);
  });
  std::vector<Detection> kept;
  std::size_t class_start = 0;
  for (const Detection& candidate : detections) {
    if (!kept.empty() && kept.back().cls != candidate.cls) class_start = kept.size();
    if (kept.size() - class_start >= most) continue;
    const bool covered = std::any_of(kept.begin() + static_cast<std::ptrdiff_t>(class_start), kept.end(),
                                     [&](const Detection& other) { return iou(other, candidate) > max_iou; });
    if (!covered) kept.push_back(candidate);
  }
  std::ranges::sort(kept, better);
  if (kept.size() > most) kept.resize(most);
  return kept;
}

}  // namespace eyrie::vision
