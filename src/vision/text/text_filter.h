// DetectText's filters, word by word. Units: ratios of the picture; confidences 0..100. Thread-safe; no
// errors.
#pragma once

#include "vision/recognition/request.h"

namespace eyrie::vision {

// True where the word is sure and large enough and its box's centre lies in a region of interest (or none is
// stated). A word on a region's edge Rekognition leaves undefined.
bool passes(const TextRequest& request, const TextDetection& word);

// Even-odd rule; a polygon of less than three points has no inside.
bool inside(const TextRegion& polygon, Point at);

}  // namespace eyrie::vision
