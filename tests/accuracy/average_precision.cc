#include "average_precision.h"

#include <algorithm>

namespace eyrie::accuracy {
namespace {

constexpr double kOverlap = 0.5;
constexpr int kRecalls = 101;

double overlap(const vision::BoundingBox& a, const vision::BoundingBox& b) {
  const double width = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left);
  const double height = std::min(a.top + a.height, b.top + b.height) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const double shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

// The unmatched true box of the same picture that `found` overlaps most, or -1 where none overlaps enough.
std::ptrdiff_t match(const Box& found, const std::vector<Box>& truth, const std::vector<bool>& matched) {
  std::ptrdiff_t best = -1;
  double best_overlap = kOverlap;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i].picture != found.picture || matched[i]) continue;
    const double shared = overlap(found.box, truth[i].box);
    if (shared < best_overlap) continue;
    best_overlap = shared;
    best = static_cast<std::ptrdiff_t>(i);
  }
  return best;
}

}  // namespace

double average_precision(const Boxes& boxes) {
  std::vector<Box> found = boxes.found;
  std::ranges::sort(found, std::ranges::greater(), &Box::confidence);
  std::vector<bool> matched(boxes.truth.size());
  std::vector<double> recall;
  std::vector<double> precision;
  double right = 0;
  for (const Box& box : found) {
    if (const std::ptrdiff_t at = match(box, boxes.truth, matched); at >= 0) {
      matched[static_cast<std::size_t>(at)] = true;
      ++right;
    }
    recall.push_back(right / static_cast<double>(boxes.truth.size()));
    precision.push_back(right / static_cast<double>(precision.size() + 1));
  }
  for (std::size_t i = precision.size(); i-- > 1;)
    precision[i - 1] = std::max(precision[i - 1], precision[i]);
  double sum = 0;
  for (int i = 0; i < kRecalls; ++i) {
    const auto at = std::ranges::lower_bound(recall, i / (kRecalls - 1.0));
    if (at != recall.end()) sum += precision[static_cast<std::size_t>(at - recall.begin())];
  }
  return sum / kRecalls;
}

double mean_average_precision(const BoxesByClass& classes) {
  double sum = 0;
  int count = 0;
  for (const auto& [name, boxes] : classes) {
    if (boxes.truth.empty()) continue;
    sum += average_precision(boxes);
    ++count;
  }
  return count == 0 ? 0 : sum / count;
}

void limit_boxes(BoxesByClass& classes) {
  std::map<std::size_t, std::vector<double>> confidences;
  for (const auto& [name, boxes] : classes) {
    for (const Box& box : boxes.found) confidences[box.picture].push_back(box.confidence);
  }
  for (auto& [picture, all] : confidences) std::ranges::sort(all, std::ranges::greater());
  for (auto& [name, boxes] : classes) {
    std::erase_if(boxes.found, [&](const Box& box) {
      const std::vector<double>& all = confidences[box.picture];
      return all.size() > kMaxBoxesOfPicture && box.confidence < all[kMaxBoxesOfPicture - 1];
    });
  }
}

}  // namespace eyrie::accuracy
