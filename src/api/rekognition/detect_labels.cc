// DetectLabels. Source: Rekognition API reference; facts in its service description.
#include <algorithm>

#include "analysis/answer.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/operations.h"

namespace eyrie::api::rekognition {
namespace {

constexpr double kUsualMinConfidence = 55;
constexpr std::int64_t kDefaultMaxLabels = 1000;
constexpr std::int64_t kDefaultMaxColors = 10, kMostColors = 20;
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

Field<std::vector<std::string>> filter_list(const json::object& general, const std::string& name) {
  const std::string path = "settings.generalLabels.l" + name.substr(1);
  EYRIE_TRY(auto list, string_list_field(general, name, path, kMaxFilters, kMaxFilterLength));
  for (const std::string& text : list) {
    if (matches_filter_pattern(text)) continue;
    return std::unexpected(
        validation_error("[" + text + "]", path,
                         "Member must satisfy constraint: [Member must satisfy regular expression pattern: " +
                             std::string(kFilterPattern) + "]"));
  }
  return list;
}

Field<vision::LabelFilter> read_filters(const json::object& settings) {
  vision::LabelFilter filter;
  EYRIE_TRY(const json::object* general, object_field(settings, "GeneralLabels"));
  if (general == nullptr) return filter;
  EYRIE_TRY(filter.include_labels, filter_list(*general, "LabelInclusionFilters"));
  EYRIE_TRY(filter.exclude_labels, filter_list(*general, "LabelExclusionFilters"));
  EYRIE_TRY(filter.include_categories, filter_list(*general, "LabelCategoryInclusionFilters"));
  EYRIE_TRY(filter.exclude_categories, filter_list(*general, "LabelCategoryExclusionFilters"));
  return filter;
}

Field<vision::PropertiesRequest> read_properties(const json::object& settings) {
  EYRIE_TRY(const json::object* properties, object_field(settings, "ImageProperties"));
  if (properties == nullptr) return vision::PropertiesRequest{.max_colors = kDefaultMaxColors};
  EYRIE_TRY(const auto most, integer_field(*properties, "MaxDominantColors",
                                           "settings.imageProperties.maxDominantColors", 0, kMostColors));
  return vision::PropertiesRequest{.max_colors = static_cast<std::size_t>(most.value_or(kDefaultMaxColors))};
}

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

Field<vision::Request> parse_labels_request(const json::object& request) {
  EYRIE_TRY(const auto max_labels, integer_field(request, "MaxLabels", "maxLabels", 0, 2'147'483'647));
  EYRIE_TRY(const auto min_confidence, number_field(request, "MinConfidence", "minConfidence", 0, 100));
  EYRIE_TRY(const auto features,
            enum_list_field(request, "Features", "features", {"GENERAL_LABELS", "IMAGE_PROPERTIES"}, 2));
  EYRIE_TRY(const json::object* given, object_field(request, "Settings"));
  const json::object none;
  const json::object& settings = given == nullptr ? none : *given;
  EYRIE_TRY(vision::LabelFilter filter, read_filters(settings));
  EYRIE_TRY(const vision::PropertiesRequest properties, read_properties(settings));

  const bool wants_labels = features.empty() || has(features, "GENERAL_LABELS");
  if (!wants_labels && (max_labels || min_confidence)) {
    return std::unexpected(aws::rekognition::invalid_parameter(
        "MaxLabels and MinConfidence are valid only with the feature GENERAL_LABELS."));
  }
  filter.min_confidence = min_confidence.value_or(kUsualMinConfidence);
  filter.max_labels =
      static_cast<std::size_t>(std::min(max_labels.value_or(kDefaultMaxLabels), kDefaultMaxLabels));
  vision::Request parsed;
  if (wants_labels) parsed.labels = std::move(filter);
  if (has(features, "IMAGE_PROPERTIES")) parsed.properties = properties;
  return parsed;
}

}  // namespace

JsonResult detect_labels(Backend& backend, json::object& request) {
  EYRIE_TRY(const vision::Request parsed, parse_labels_request(request));
  EYRIE_TRY(const image::Decoded picture, read_picture(backend, request));
  EYRIE_TRY(const vision::Recognition seen, recognize(backend, picture.image, parsed));
  json::object answer = analysis::detect_labels_answer(seen.labels.value_or(std::vector<vision::Label>{}),
                                                       backend.recognizer.model_versions().labels);
  if (seen.properties) answer["ImageProperties"] = analysis::properties_answer(*seen.properties);
  return answer;
}

}  // namespace eyrie::api::rekognition
