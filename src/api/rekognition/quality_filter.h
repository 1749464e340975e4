// The QualityFilter of CompareFaces, IndexFaces and SearchFacesByImage: which faces are too poor to be told
// apart.
//
// A bar is a set of least values; the figures stand in quality_filter.cc with what they were chosen on. AUTO
// is MEDIUM here. Thread-safe: pure functions.
#pragma once

#include "api/rekognition/fields.h"
#include "image/decode.h"
#include "vision/recognition/recognition.h"

namespace eyrie::api::rekognition {

enum class QualityFilter { kNone, kLow, kMedium, kHigh };

// The member "QualityFilter"; `otherwise` where it is absent.
Field<QualityFilter> quality_filter(const json::object& request, QualityFilter otherwise);

// Why the face is below the bar, in the words of UnindexedFace.Reasons ("EXTREME_POSE"); empty where it is
// not. `picture`: the one that the face is in, for its true size.
std::vector<std::string_view> below_bar(const vision::Face& face, const image::Header& picture,
                                        QualityFilter filter);

}  // namespace eyrie::api::rekognition
