// Recognition results in the shapes of Rekognition's answers (AWS service description `rekognition`, 2016-06-27).
// Confidences keep four decimals, boxes six. Thread-safe.
#pragma once

#include "analysis/analyze.h"
#include "base/json.h"
#include "vision/recognizer.h"

namespace eyrie::analysis {

// {"Labels":[{Name, Confidence, Instances:[{BoundingBox, Confidence}], Parents:[{Name}], Aliases:[{Name}],
// Categories:[{Name}]}], "LabelModelVersion":"…"}
json::object detect_labels_answer(const std::vector<vision::Label>& labels, const std::string& model_version);

// EXIF as a flat object of what is known; empty where nothing is.
json::object exif_answer(const image::Exif& exif);

// One line of `eyrie analyze --json` and the file under processed/: {"Image":{...}, "DetectLabels":{...}, "Exif":{...}}.
json::object analysis_answer(const Analysis& analysis);

}  // namespace eyrie::analysis
