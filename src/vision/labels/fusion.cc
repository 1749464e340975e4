#include "vision/labels/fusion.h"

#include <algorithm>
#include <cmath>

namespace eyrie::vision {

TagShares::TagShares(const ClassLabels& classes, std::span<const float> shares) {
  for (std::size_t i = 0; i < std::min(shares.size(), classes.size()); ++i) {
    const TaxonomyLabel* label = classes[i];
    if (label == nullptr) continue;
    top_ = std::max(top_, static_cast<double>(shares[i]));
    sums_[label] += shares[i];
    for (const TaxonomyLabel* ancestor : label->ancestors) sums_[ancestor] += shares[i];
  }
}

double TagShares::of(const TaxonomyLabel& label) const {
  const auto at = sums_.find(&label);
  return at == sums_.end() ? 0 : at->second;
}

void Fusion::raise(const TaxonomyLabel& label, double confidence) {
  Found& found = found_[&label];
  found.confidence = std::max(found.confidence, confidence);
}

void Fusion::add_box(const TaxonomyLabel& label, const BoundingBox& box, double confidence) {
  raise(label, confidence);
  for (const TaxonomyLabel* ancestor : label.ancestors) raise(*ancestor, confidence);
  found_[&label].instances.push_back({box, confidence * 100});
}

void Fusion::add_tags(const TagShares& shares, const Curve& curve, double weight) {
  for (const auto& [label, sum] : shares.sums_) {
    if (sum >= kLeastScore) raise(*label, weight * curve(std::min(sum, 1.0)));
  }
}

double Fusion::confidence(const TaxonomyLabel* label) const {
  const auto at = found_.find(label);
  return at == found_.end() ? 0 : at->second.confidence;
}

double Fusion::confidence(std::string_view name) const {
  return confidence(Taxonomy::builtin().find(name));
}

std::vector<Instance> Fusion::instances(std::string_view name) const {
  const auto at = found_.find(Taxonomy::builtin().find(name));
  return at == found_.end() ? std::vector<Instance>() : at->second.instances;
}

std::vector<Label> Fusion::labels() const {
  std::vector<Label> labels;
  for (const auto& [entry, found] : found_) {
    Label label{.name = entry->name,
                .confidence = found.confidence * 100,
                .instances = found.instances,
                .parents = {},
                .aliases = entry->aliases,
                .categories = entry->categories};
    std::ranges::sort(label.instances, std::ranges::greater(), &Instance::confidence);
    for (const TaxonomyLabel* ancestor : entry->ancestors) label.parents.push_back(ancestor->name);
    labels.push_back(std::move(label));
  }
  // By what is told of the confidence: readers see equals in the order of their names.
  std::ranges::sort(labels, [](const Label& a, const Label& b) {
    const auto first = std::llround(a.confidence / kToldStep), second = std::llround(b.confidence / kToldStep);
    return first != second ? first > second : a.name < b.name;
  });
  return labels;
}

}  // namespace eyrie::vision
