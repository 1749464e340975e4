// What a picture holds, in Rekognition's terms. Embedded implementation: local networks
// (vision/local_recognizer.h). Elsewhere: Amazon Rekognition.
//
// Units: confidences are 0..100; boxes are ratios of the upright picture's width and height, origin top left.
// Errors: kUnavailable - the models are not installed or did not load; kInternal - a network failed.
// Thread safety: all of it; calls run on the caller's thread and do not share scratch memory.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace eyrie::vision {

struct BoundingBox {
  double left = 0, top = 0, width = 0, height = 0;
};

struct Instance {
  BoundingBox box;
  double confidence = 0;
};

struct Label {
  std::string name;  // "Mobile Phone"
  double confidence = 0;
  std::vector<Instance> instances;   // highest confidence first
  std::vector<std::string> parents;  // every ancestor, nearest first
  std::vector<std::string> aliases;
  std::vector<std::string> categories;
};

// DetectLabels' GeneralLabels settings. Filters compare names without case; includes and excludes may be
// combined, an exclusion wins.
struct LabelFilter {
  double min_confidence = 55;
  std::size_t max_labels = 1000;  // highest confidence first; at most 1000
  std::vector<std::string> include_labels, exclude_labels;
  std::vector<std::string> include_categories, exclude_categories;
};

class Recognizer {
 public:
  virtual ~Recognizer() = default;

  // Highest confidence first; equal ones by name.
  virtual Result<std::vector<Label>> detect_labels(const image::Image& picture,
                                                   const LabelFilter& filter) = 0;

  // The longer side, in pixels, above which a larger picture tells this recognizer nothing: what to decode
  // to.
  virtual int useful_side() const = 0;
  // Answered as LabelModelVersion.
  virtual std::string label_model_version() const = 0;
};

}  // namespace eyrie::vision
