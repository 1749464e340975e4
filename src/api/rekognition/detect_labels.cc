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
constexpr std::size_t kMaxFilterLength = 50;  // characters
constexpr const char* kFilterPattern = "[A-Za-z0-9\u00e0\u00e2\u00e8\u00e7\u00f1\u00f3'-_(). ]*";

// kFilterPattern as it is written: '-_ in it is a range, and holds the digits and capitals too.
bool matches_filter_pattern(std::string_view text) {
  static constexpr std::string_view kAccented =
      "\xA0\xA2\xA8\xA7\xB1\xB3";  // second bytes of the six letters
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c >= '\'' && c <= '_') || (c >= 'a' && c <= 'z') || c == ' ') continue;
    if (c != 0xC3 || i + 1 == text.size() || !kAccented.contains(text[i + 1])) return false;
    ++i;
  }
  return true;
}

Field<bool> check_features(const json::object& request) {
  const auto features = string_list_field(request, "Features", "features", 2, 64);
  if (!features) return std::unexpected(features.error());
  for (const std::string& feature : *features) {
    if (feature != "GENERAL_LABELS" && feature != "IMAGE_PROPERTIES") {
      return std::unexpected(
          validation_error("[" + feature + "]", "features",
                           "Member must satisfy constraint: [Member must satisfy enum value set: "
                           "[GENERAL_LABELS, IMAGE_PROPERTIES]]"));
    }
    if (feature == "IMAGE_PROPERTIES") {
      return std::unexpected(
          aws::rekognition::invalid_parameter("Feature IMAGE_PROPERTIES is not available here yet."));
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
    auto list = string_list_field(**general, name, path, kMaxFilters, kMaxFilterLength);
    if (!list) return std::unexpected(list.error());
    for (const std::string& text : *list) {
      if (matches_filter_pattern(text)) continue;
      return std::unexpected(validation_error(
          "[" + text + "]", path,
          "Member must satisfy constraint: [Member must satisfy regular expression pattern: " +
              std::string(kFilterPattern) + "]"));
    }
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
  filter.max_labels =
      static_cast<std::size_t>(std::min(max_labels->value_or(kDefaultMaxLabels), kDefaultMaxLabels));
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
  return analysis::detect_labels_answer(*labels, backend.recognizer.model_versions().labels);
}

}  // namespace eyrie::api::rekognition
