// What the general networks - detectors, taggers - say about one picture, fused. Labels are made of it, and it is evidence for
// moderation, equipment and image properties.
//
// Errors: those of Network. Thread safety: all of it.
#pragma once

#include <memory>
#include <vector>

#include "vision/labels/calibration.h"
#include "vision/labels/fusion.h"
#include "vision/labels/taxonomy.h"
#include "vision/networks/networks.h"

namespace eyrie::vision {

class LabelFinder {
 public:
  // Uses the networks whose task is to detect or to tag; they must outlive it.
  explicit LabelFinder(const Networks& networks);

  Result<Fusion> look(const image::Image& picture) const;

 private:
  // One network, with what turns its answer into labels.
  struct Model {
    Network* network;
    ClassLabels labels;
    const Curve& curve;
  };
  static Status add_tags(const Model& model, const image::Image& picture, Fusion& fusion, double weight);
  static Status add_objects(const Model& model, const image::Image& picture, Fusion& fusion);
  Status add(const Model& model, const image::Image& picture, Fusion& fusion) const;

  // Constant after construction.
  const TaxonomyLabel* const plant_;
  const TaxonomyLabel* const food_;
  std::vector<std::unique_ptr<Model>> models_;
};

}  // namespace eyrie::vision
