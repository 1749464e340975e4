// DetectLabels' filters on a finished list of labels. Thread-safe; no errors.
#pragma once

#include <vector>

#include "vision/recognition/request.h"

namespace eyrie::vision {

// Keeps the order. A label stays where it reaches min_confidence, is (or its category is) included - with no
// inclusion at all everything is - and neither it nor its category is excluded. Instances below
// min_confidence go. At most max_labels stay.
std::vector<Label> apply_filter(std::vector<Label> labels, const LabelFilter& filter);

}  // namespace eyrie::vision
