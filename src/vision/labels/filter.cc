#include "vision/labels/filter.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "base/encoding.h"
#include "vision/labels/taxonomy.h"

namespace eyrie::vision {
namespace {

class Names {
 public:
  explicit Names(const std::vector<std::string>& names) {
    for (const std::string& name : names) names_.insert(lower_case(name));
  }
  bool empty() const { return names_.empty(); }
  bool has(const std::string& name) const { return !names_.empty() && names_.contains(lower_case(name)); }
  bool has_any(const std::vector<std::string>& names) const {
    return std::ranges::any_of(names, [this](const std::string& name) { return has(name); });
  }

 private:
  std::unordered_set<std::string> names_;
};

}  // namespace

std::vector<Label> apply_filter(std::vector<Label> labels, const LabelFilter& filter) {
  const Names include(filter.include_labels);
  const Names exclude(filter.exclude_labels);
  const Names include_categories(filter.include_categories);
  const Names exclude_categories(filter.exclude_categories);
  const bool all = include.empty() && include_categories.empty();
  std::erase_if(labels, [&](const Label& label) {
    if (!reaches(label.confidence, filter.min_confidence)) return true;
    if (exclude.has(label.name) || exclude_categories.has_any(label.categories)) return true;
    return !all && !include.has(label.name) && !include_categories.has_any(label.categories);
  });
  if (labels.size() > filter.max_labels) labels.resize(filter.max_labels);
  for (Label& label : labels) {
    std::erase_if(label.instances,
                  [&](const Instance& instance) { return !reaches(instance.confidence, filter.min_confidence); });
  }
  return labels;
}

}  // namespace eyrie::vision
