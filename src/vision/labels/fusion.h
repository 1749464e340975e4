// What several networks saw in one picture, made into one list of labels.
//
// A box says its label and where it is. A tagger spreads one whole over its classes, so the shares of classes
// that have a label, or an ancestor, in common add up: many kinds of dog at 10 % each are surely a Dog. The
// confidence of a label is the highest that any network has in it or in a label below it; thus no ancestor is
// ever less sure than its descendant.
//
// Thread safety: plain data; one Fusion belongs to one call.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "vision/labels/calibration.h"
#include "vision/recognition/recognition.h"
#include "vision/labels/taxonomy.h"

namespace eyrie::vision {

// Shares of a tagger below this make no label: less than one step of a network that answers in 8 bits. A MinConfidence of 0 is for seeing
// what was thought of at all, and most of such labels are wrong; what the calibration makes of them is under 0.02 %.
inline constexpr double kLeastScore = 0.002;

// What a tagger's answer gives each label.
class TagShares {
 public:
  // One share per class, 0..1.
  TagShares(const ClassLabels& classes, std::span<const float> shares);

  // 0..1; of the label's own classes and those of every label below it.
  double of(const TaxonomyLabel& label) const;
  // Of the one class that has most.
  double top() const { return top_; }

 private:
  friend class Fusion;
  std::unordered_map<const TaxonomyLabel*, double> sums_;
  double top_ = 0;
};

class Fusion {
 public:
  // Confidence 0..1, calibrated.
  void add_box(const TaxonomyLabel& label, const BoundingBox& box, double confidence);

  // `weight` is the chance that the tagger's question makes sense here at all.
  void add_tags(const TagShares& shares, const Curve& curve, double weight = 1);

  // 0..1; of what was added so far, ancestors included.
  double confidence(const TaxonomyLabel* label) const;

  // The same by a label's name; 0 where the taxonomy has no such label.
  double confidence(std::string_view name) const;
  // Boxes of the label itself, in the order they were added; confidences 0..100.
  std::vector<Instance> instances(std::string_view name) const;

  // Highest confidence first, equal ones by name.
  std::vector<Label> labels() const;

 private:
  struct Found {
    double confidence = 0;
    std::vector<Instance> instances;
  };
  void raise(const TaxonomyLabel& label, double confidence);

  std::unordered_map<const TaxonomyLabel*, Found> found_;
};

}  // namespace eyrie::vision
