// The models: what is installed and under which licence, what needs it, and how fast it was here.
#include <algorithm>

#include "api/console/operations.h"

namespace eyrie::api::console {
namespace {

constexpr std::string_view kLabels = "DetectLabels, DetectModerationLabels, DetectProtectiveEquipment";
constexpr std::string_view kFaces = "DetectFaces, IndexFaces, SearchFacesByImage, CompareFaces, RecognizeCelebrities, DetectModerationLabels, DetectProtectiveEquipment";

// Which of Rekognition's operations ask a network of the role. The function analyze-image asks what DetectLabels, DetectFaces, DetectText and
// DetectModerationLabels ask. Others: nothing does.
struct Need {
  std::string_view role, operations;
};
constexpr Need kNeeds[] = {
    {"detector", kLabels},
    {"tagger", kLabels},
    {"plants", kLabels},
    {"dishes", kLabels},
    {"face-detector", kFaces},
    {"face-scout", kFaces},
    {"face-landmarks", kFaces},
    {"face-blendshapes", "DetectFaces, IndexFaces"},
    {"face-attributes", "DetectFaces, IndexFaces"},
    {"face-emotion", "DetectFaces, IndexFaces"},
    {"face-parsing", "DetectFaces, IndexFaces, DetectProtectiveEquipment"},
    {"face-embedding", "IndexFaces, SearchFacesByImage, SearchUsersByImage, CompareFaces, RecognizeCelebrities"},
    {"text-detector", "DetectText"},
    {"text-recognizer", "DetectText"},
    {"text-second-recognizer", "DetectText"},
    {"moderation", "DetectModerationLabels"},
};

std::string_view needed_by(const vision::ModelStatus& model) {
  const auto found = std::ranges::find(kNeeds, model.role, &Need::role);
  return found == std::end(kNeeds) ? "" : found->operations;
}

json::object model_json(const vision::ModelStatus& model) {
  json::object object{{"id", model.id},
                      {"title", model.title},
                      {"task", model.task},
                      {"role", model.role},
                      {"set", model.set},
                      {"licence", model.licence},
                      {"package", model.package},
                      {"bytes", model.bytes},
                      {"installed", model.installed},
                      {"selected", model.selected},
                      {"loaded", model.loaded},
                      {"needed_by", needed_by(model)},
                      {"runs", model.runs}};
  object["mean_ms"] = model.runs == 0 ? json::value() : json::value(rounded(model.run_ms / static_cast<double>(model.runs), 2));
  return object;
}

}  // namespace

Outcome<Answer> list_models(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on("console:ListModels", aws::regional_arn("eyrie", "model/*")));
  if (!administration->models) return refused(Code::kNotFound, "There are no models here.");
  json::array models;
  for (const vision::ModelStatus& model : administration->models()) models.push_back(model_json(model));
  return Answer{.body = json::object{{"models", std::move(models)}}};
}

}  // namespace eyrie::api::console
