// What the general networks - detectors, taggers - say about one picture, fused. Labels are made of it, and it is evidence for
// moderation, equipment and image properties.
//
// A detector knows few classes and takes what it does not know for one that it does: a kiwi becomes a bear. Where the general tagger,
// which knows more, is sure of something else, the detector's boxes are believed less: their scores go through a curve of their own,
// "MODEL/contradicted" in calibration.tsv. Persons are exempt: taggers know few kinds of them.
//
// Errors: those of Network. Thread safety: all of it.
#pragma once

#include <memory>
#include <vector>

#include "vision/labels/calibration.h"
#include "vision/labels/fusion.h"
#include "vision/labels/objects_once.h"
#include "vision/labels/taxonomy.h"
#include "vision/networks/networks.h"

namespace eyrie::vision {

// Whether a tagger is so sure of something else that a detector's word for the label is to be doubted.
bool contradicted(const TaxonomyLabel& label, const TagShares& shares);

class LabelFinder {
 public:
  // Uses the networks whose task is to detect or to tag; they must outlive it.
  explicit LabelFinder(const Networks& networks);

  // `objects`: of the pass that the picture is looked at in.
  Result<Fusion> look(const image::Image& picture, ObjectsOnce& objects) const;

 private:
  // One network, with what turns its answer into labels.
  struct Model {
    Network* network;
    ClassLabels labels;
    const Curve& curve;
    const Curve& contradicted;
  };
  static Result<TagShares> tag(const Model& model, const image::Image& picture);
  static Status add_objects(const Model& model, const image::Image& picture, ObjectsOnce& objects,
                            const std::vector<TagShares>& tags, Fusion& fusion);

  // Constant after construction.
  const TaxonomyLabel* const plant_;
  const TaxonomyLabel* const food_;
  std::vector<std::unique_ptr<Model>> models_;
};

}  // namespace eyrie::vision
