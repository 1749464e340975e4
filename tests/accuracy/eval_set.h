// The photos with known truth that accuracy is measured on: ../shared/eval beside the repository, or
// $EYRIE_EVAL_DIR.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "vision/recognizer.h"
#include "vision/labels/taxonomy.h"

namespace eyrie::accuracy {

using LabelSet = std::set<std::string>;

// The label's name and all its ancestors'.
LabelSet closure(const vision::TaxonomyLabel& label);

struct TrueBox {
  std::string label;
  vision::BoundingBox box;
};

struct Photo {
  std::filesystem::path file;
  std::vector<TrueBox> boxes;           // COCO
  std::optional<std::size_t> category;  // ImageNet: index of the class
  LabelSet truth;                       // every label that is right
};

struct EvalSet {
  std::vector<Photo> photos;
  LabelSet judgeable;  // every label that the truth can prove right or wrong
  LabelSet classes;    // the labels of the truth's own classes
};

std::filesystem::path eval_directory();

// `classes`: the set's class names, by the index that its truth uses. nullopt where the set is not there.
std::optional<EvalSet> read_coco(const std::filesystem::path& folder,
                                 const std::vector<std::string>& classes);
std::optional<EvalSet> read_imagenet(const std::filesystem::path& folder,
                                     const std::vector<std::string>& classes);

}  // namespace eyrie::accuracy
