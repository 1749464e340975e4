// Words and lines as TextDetection.
#include "analysis/answer.h"
#include "analysis/answer_parts.h"

namespace eyrie::analysis {

json::object text_detection(const vision::TextDetection& text) {
  json::object answer{{"DetectedText", text.text},
                      {"Type", text.type == vision::TextType::kLine ? "LINE" : "WORD"},
                      {"Id", text.id}};
  if (text.parent_id) answer["ParentId"] = *text.parent_id;
  answer["Confidence"] = percent_number(text.confidence);
  answer["Geometry"] =
      json::object{{"BoundingBox", box_answer(text.box)}, {"Polygon", polygon_answer(text.polygon)}};
  return answer;
}

json::object detect_text_answer(const std::vector<vision::TextDetection>& texts,
                                const std::string& model_version) {
  json::array list;
  list.reserve(texts.size());
  for (const vision::TextDetection& text : texts) list.push_back(text_detection(text));
  return {{"TextDetections", std::move(list)}, {"TextModelVersion", model_version}};
}

}  // namespace eyrie::analysis
