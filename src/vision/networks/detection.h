// What a detector found: a box, a class, a score. Coordinates are ratios (of the network's input while
// decoding, of the picture afterwards), origin top left. Thread safety: plain data.
#pragma once

#include <cstddef>
#include <vector>

namespace eyrie::vision {

struct Detection {
  float left = 0, top = 0, right = 0, bottom = 0;
  int cls = 0;      // index into the pack's classes
  float score = 0;  // 0..1

  float area() const { return right > left && bottom > top ? (right - left) * (bottom - top) : 0; }
};

// Intersection over union, 0..1.
float iou(const Detection& a, const Detection& b);

// Never more than this many boxes of one network run are looked at; the lowest scores go first.
inline constexpr std::size_t kMaxCandidates = 20'000;
void keep_best(std::vector<Detection>& detections, std::size_t count);

// Non-maximum suppression within each class: a box that overlaps a better one by more than `max_iou` goes.
// Returns at most `most` boxes, highest score first.
std::vector<Detection> suppress(std::vector<Detection> detections, float max_iou, std::size_t most);

}  // namespace eyrie::vision
