#include "api/rekognition/quality_filter.h"

#include <algorithm>
#include <cmath>

namespace eyrie::api::rekognition {
namespace {

struct Bar {
  double turn = 180;      // most degrees of yaw or pitch
  double brightness = 0;  // least, of FaceQuality
  double sharpness = 0;   // least
  double confidence = 0;  // least, that it is a face
  double side = 0;        // least pixels of the box's shorter side
};

// What each lets through: docs/decisions.md. Roll does not count: faces are turned upright before they are compared.
Bar bar_of(QualityFilter filter) {
  switch (filter) {
    case QualityFilter::kNone:
      return {};
    case QualityFilter::kLow:
      return {.turn = 75, .brightness = 20, .sharpness = 6, .confidence = 60, .side = 16};
    case QualityFilter::kMedium:
      return {.turn = 60, .brightness = 30, .sharpness = 10, .confidence = 75, .side = 20};
    case QualityFilter::kHigh:
      return {.turn = 40, .brightness = 40, .sharpness = 30, .confidence = 95, .side = 60};
  }
  return {};
}

}  // namespace

Field<QualityFilter> quality_filter(const json::object& request, QualityFilter otherwise) {
  EYRIE_TRY(const auto name,
            enum_field(request, "QualityFilter", "qualityFilter", {"NONE", "AUTO", "LOW", "MEDIUM", "HIGH"}));
  if (!name) return otherwise;
  if (*name == "NONE") return QualityFilter::kNone;
  if (*name == "LOW") return QualityFilter::kLow;
  return *name == "HIGH" ? QualityFilter::kHigh : QualityFilter::kMedium;
}

std::vector<std::string_view> below_bar(const vision::Face& face, const image::Header& picture,
                                        QualityFilter filter) {
  const Bar bar = bar_of(filter);
  std::vector<std::string_view> reasons;
  if (std::max(std::fabs(face.pose.yaw), std::fabs(face.pose.pitch)) > bar.turn)
    reasons.emplace_back("EXTREME_POSE");
  if (face.quality.brightness < bar.brightness) reasons.emplace_back("LOW_BRIGHTNESS");
  if (face.quality.sharpness < bar.sharpness) reasons.emplace_back("LOW_SHARPNESS");
  if (face.confidence < bar.confidence) reasons.emplace_back("LOW_CONFIDENCE");
  const double side = std::min(face.box.width * picture.width, face.box.height * picture.height);
  if (side < bar.side) reasons.emplace_back("SMALL_BOUNDING_BOX");
  return reasons;
}

}  // namespace eyrie::api::rekognition
