// DetectLabels. Source: Rekognition API reference; facts in its service description.
#include <algorithm>

#include "analysis/answer.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/rekognition_service.h"
#include "base/log.h"

namespace eyrie::api::rekognition {
namespace {

constexpr double kDefaultMinConfidence = 55;
constexpr std::int64_t kDefaultMaxLabels = 1000;
constexpr std::size_t kMaxFilters = 100;
constexpr std::size_t kMaxFilterBytes = 200;  // 50 characters

Field<bool> check_features(const json::object& request) {
  const auto features = string_list_field(request, "Features", "features", 2, 64);
  if (!features) return std::unexpected(features.error());
  for (const std::string& feature : *features) {
    if (feature != "GENERAL_LABELS" && feature != "IMAGE_PROPERTIES") {
      return std::unexpected(validation_error("[" + feature + "]", "features",
                                              "Member must satisfy constraint: [Member must satisfy enum value set: "
                                              "[GENERAL_LABELS, IMAGE_PROPERTIES]]"));
    }
    if (feature == "IMAGE_PROPERTIES") {
      return std::unexpected(aws::rekognition::invalid_parameter("Feature IMAGE_PROPERTIES is not available here yet."));
    }
  }
  return true;
}

Field<bool> read_filters(const json::object& request, vision::LabelFilter& filter) {
  const auto settings = object_field(request, "Settings");
  if (!settings) return std::unexpected(settings.error());
  if (*settings == nullptr) return true;
  const auto general = object_field(**settings, "GeneralLabels");
  if (!general) return std::unexpected(general.error());
  if (*general == nullptr) return true;
  const std::pair<const char*, std::vector<std::string>*> lists[] = {
      {"LabelInclusionFilters", &filter.include_labels},
      {"LabelExclusionFilters", &filter.exclude_labels},
      {"LabelCategoryInclusionFilters", &filter.include_categories},
      {"LabelCategoryExclusionFilters", &filter.exclude_categories}};
  for (const auto& [name, into] : lists) {
    std::string path = std::string("settings.generalLabels.l") + (name + 1);
    auto list = string_list_field(**general, name, path, kMaxFilters, kMaxFilterBytes);
    if (!list) return std::unexpected(list.error());
    *into = std::move(*list);
  }
  return true;
}

Field<vision::LabelFilter> parse_filter(const json::object& request) {
  vision::LabelFilter filter;
  const auto max_labels = integer_field(request, "MaxLabels", "maxLabels", 0, 2'147'483'647);
  if (!max_labels) return std::unexpected(max_labels.error());
  const auto min_confidence = number_field(request, "MinConfidence", "minConfidence", 0, 100);
  if (!min_confidence) return std::unexpected(min_confidence.error());
  filter.max_labels = static_cast<std::size_t>(std::min(max_labels->value_or(kDefaultMaxLabels), kDefaultMaxLabels));
  filter.min_confidence = min_confidence->value_or(kDefaultMinConfidence);
  if (const auto features = check_features(request); !features) return std::unexpected(features.error());
  if (const auto filters = read_filters(request, filter); !filters) return std::unexpected(filters.error());
  return filter;
}

}  // namespace

JsonResult detect_labels(Backend& backend, const json::object& request) {
  const auto filter = parse_filter(request);
  if (!filter) return std::unexpected(filter.error());
  const auto bytes = read_image(request, "Image", "image", backend.objects);
  if (!bytes) return std::unexpected(bytes.error());
  const auto decoded = decode_image(*bytes, backend.recognizer);
  if (!decoded) return std::unexpected(decoded.error());
  const auto labels = backend.recognizer.detect_labels(decoded->image, *filter);
  if (!labels) {
    log_error("recognition failed", {{"error", labels.error().message}});
    return std::unexpected(aws::rekognition::internal_server_error());
  }
  return analysis::detect_labels_answer(*labels, backend.recognizer.label_model_version());
}

}  // namespace eyrie::api::rekognition
