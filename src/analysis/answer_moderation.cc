// Unsafe content as DetectModerationLabels answers it.
#include "analysis/answer.h"
#include "analysis/answer_parts.h"

namespace eyrie::analysis {

json::object moderation_answer(const vision::Moderation& moderation) {
  json::array labels;
  for (const vision::ModerationLabel& label : moderation.labels) {
    labels.push_back(json::object{{"Confidence", percent_number(label.confidence)},
                                  {"Name", label.name},
                                  {"ParentName", label.parent},
                                  {"TaxonomyLevel", label.level}});
  }
  json::array types;
  for (const vision::ContentType& type : moderation.content_types) {
    types.push_back(json::object{{"Confidence", percent_number(type.confidence)}, {"Name", type.name}});
  }
  return {{"ModerationLabels", std::move(labels)},
          {"ModerationModelVersion", kModerationModelVersion},
          {"ContentTypes", std::move(types)}};
}

}  // namespace eyrie::analysis
