#include "label_score.h"

#include <algorithm>

namespace eyrie::accuracy {
namespace {

constexpr std::size_t kShown = 8;

// The labels of the photo's own classes, without their ancestors.
LabelSet true_classes(const EvalSet& set, const Photo& photo) {
  if (photo.boxes.empty()) {
    LabelSet labels;
    std::ranges::set_intersection(photo.truth, set.classes, std::inserter(labels, labels.end()));
    return labels;
  }
  LabelSet labels;
  for (const TrueBox& box : photo.boxes) labels.insert(box.label);
  return labels;
}

}  // namespace

void LabelScore::add(const EvalSet& set, const Photo& photo, const std::vector<vision::Label>& labels) {
  LabelSet usable;
  for (const vision::Label& label : labels) {
    if (label.confidence < kUsable) continue;
    usable.insert(label.name);
    if (!set.judgeable.contains(label.name)) {
      ++not_judged_;
    } else if (photo.truth.contains(label.name)) {
      ++right_;
    } else {
      ++wrong_;
      ++mistakes_[label.name];
    }
  }
  for (const std::string& name : true_classes(set, photo)) {
    Found& found = found_[name];
    ++found.pairs;
    if (usable.contains(name)) ++found.found;
  }
}

double LabelScore::recall() const {
  Found all;
  for (const auto& [name, found] : found_) {
    all.pairs += found.pairs;
    all.found += found.found;
  }
  return all.pairs == 0 ? 0 : static_cast<double>(all.found) / all.pairs;
}

std::string LabelScore::recall_of(const std::string& label) const {
  const auto at = found_.find(label);
  if (at == found_.end()) return "none";
  return std::to_string(at->second.found) + " of " + std::to_string(at->second.pairs);
}

std::string LabelScore::worst() const {
  std::vector<std::pair<std::string, int>> sorted(mistakes_.begin(), mistakes_.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.second > b.second || (a.second == b.second && a.first < b.first);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + sorted[i].first + " " + std::to_string(sorted[i].second);
  }
  return text.empty() ? "none" : text;
}

}  // namespace eyrie::accuracy
