// DetectProtectiveEquipment: persons, their parts, what covers them; a summary where one is asked for.
#include <algorithm>

#include "analysis/answer.h"
#include "api/rekognition/equipment_summary.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/operations.h"

namespace eyrie::api::rekognition {
namespace {

constexpr PictureLimits kLimits{.max_inline_bytes = 4U << 20, .min_side = 64, .max_side = 4096};
// Nothing is found below it, so less asks for the same.
constexpr double kLeastConfidence = 50;

struct Summarization {
  double min_confidence = 0;
  std::vector<vision::EquipmentType> required;
};

Field<std::optional<Summarization>> parse_summarization(const json::object& request) {
  using enum vision::EquipmentType;
  EYRIE_TRY(const json::object* asked, object_field(request, "SummarizationAttributes"));
  if (asked == nullptr) return std::nullopt;
  const std::string path = "summarizationAttributes.";
  EYRIE_TRY(const double min_confidence,
            required(number_field(*asked, "MinConfidence", path + "minConfidence", 0, 100),
                     path + "minConfidence"));
  EYRIE_CHECK_OK(
      required(array_field(*asked, "RequiredEquipmentTypes", path + "requiredEquipmentTypes", 1000),
               path + "requiredEquipmentTypes"));
  EYRIE_TRY(const auto types,
            enum_list_field(*asked, "RequiredEquipmentTypes", path + "requiredEquipmentTypes",
                            {"FACE_COVER", "HAND_COVER", "HEAD_COVER"}));
  if (types.empty()) {
    return std::unexpected(
        aws::rekognition::invalid_parameter("RequiredEquipmentTypes must name a type of equipment."));
  }
  Summarization summarization{.min_confidence = std::max(min_confidence, kLeastConfidence)};
  for (const vision::EquipmentType type : {kFaceCover, kHandCover, kHeadCover}) {
    if (std::ranges::find(types, analysis::equipment_name(type)) != types.end())
      summarization.required.push_back(type);
  }
  return summarization;
}

json::array ids(const std::vector<int>& persons) {
  return json::array(persons.begin(), persons.end());
}

}  // namespace

JsonResult detect_protective_equipment(Backend& backend, json::object& request) {
  EYRIE_TRY(const auto summarization, parse_summarization(request));
  EYRIE_TRY(const image::Decoded picture, read_picture(backend, request, kLimits));
  EYRIE_TRY(const vision::Recognition seen,
            recognize(backend, picture.image, {.equipment = vision::EquipmentRequest{}}));
  const auto persons = seen.equipment.value_or(std::vector<vision::ProtectedPerson>{});
  json::object answer = analysis::equipment_answer(persons, backend.recognizer.model_versions().equipment);
  if (summarization) {
    const EquipmentSummary summary =
        summarize_equipment(persons, summarization->required, summarization->min_confidence);
    answer["Summary"] = json::object{{"PersonsWithRequiredEquipment", ids(summary.with)},
                                     {"PersonsWithoutRequiredEquipment", ids(summary.without)},
                                     {"PersonsIndeterminate", ids(summary.indeterminate)}};
  }
  return answer;
}

}  // namespace eyrie::api::rekognition
