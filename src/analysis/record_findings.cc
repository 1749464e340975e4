#include "analysis/record_findings.h"

#include <algorithm>

#include "analysis/answer.h"
#include "base/encoding.h"
#include "vision/labels/taxonomy.h"

namespace eyrie::analysis {
namespace {

constexpr std::size_t kSummaryNames = 5;
// What is beyond these is only in the result file.
constexpr std::size_t kMaxLabels = 100;
constexpr std::size_t kMaxInstances = 100;
constexpr std::size_t kMaxFaces = 100;
constexpr std::size_t kMaxLines = 200;

json::object flat_box(const vision::BoundingBox& box, double confidence) {
  return {{"Confidence", rounded(confidence, 4)},
          {"Left", rounded(box.left, 6)},
          {"Top", rounded(box.top, 6)},
          {"Width", rounded(box.width, 6)},
          {"Height", rounded(box.height, 6)}};
}

// Parents and Categories as plain lists of names: easier to filter on than Rekognition's lists of {Name}.
json::object label_attribute(const vision::Label& label) {
  json::array instances;
  for (std::size_t i = 0; i < std::min(label.instances.size(), kMaxInstances); ++i) {
    instances.push_back(flat_box(label.instances[i].box, label.instances[i].confidence));
  }
  return attribute(json::object{{"Name", label.name},
                                {"Confidence", rounded(label.confidence, 4)},
                                {"Parents", json::value_from(label.parents)},
                                {"Categories", json::value_from(label.categories)},
                                {"Instances", std::move(instances)}});
}

// The five names a person would say first: concrete things before what merely contains them. Labels come by
// confidence, and an ancestor shares its descendant's, so leaves go first and ancestors fill up.
json::array summary(const std::vector<vision::Label>& labels) {
  auto is_ancestor = [&](const vision::Label& label) {
    return std::ranges::any_of(labels, [&](const vision::Label& other) {
      return std::ranges::find(other.parents, label.name) != other.parents.end();
    });
  };
  json::array names;
  for (const bool ancestors : {false, true}) {
    for (const vision::Label& label : labels) {
      if (names.size() == kSummaryNames) return names;
      if (is_ancestor(label) == ancestors) names.push_back(string_value(lower_case(label.name)));
    }
  }
  return names;
}

// A face without its landmarks: those are in the result file.
json::object face_attribute(const vision::Face& face) {
  json::object detail = face_detail(face, false);
  detail.erase("Landmarks");
  return attribute(detail);
}

json::array lines_of(const std::vector<vision::TextDetection>& texts) {
  json::array lines;
  for (const vision::TextDetection& text : texts) {
    if (text.type != vision::TextType::kLine) continue;
    if (lines.size() == kMaxLines) break;
    json::object line = flat_box(text.box, text.confidence);
    line["DetectedText"] = text.text;
    lines.push_back(attribute(line));
  }
  return lines;
}

void add_moderation(store::Item& record, const vision::Moderation& moderation) {
  record["Moderation_Flags"] = json::object{{"BOOL", !moderation.labels.empty()}};
  json::object answer = moderation_answer(moderation);
  record["ModerationLabels"] = attribute(answer["ModerationLabels"]);
}

json::object image_properties(const Analysis& analysis) {
  json::object properties{{"Format", image::format_name(analysis.header.format)},
                          {"Width", analysis.header.width},
                          {"Height", analysis.header.height},
                          {"Bytes", analysis.bytes}};
  if (analysis.seen.properties) {
    json::object answer = properties_answer(*analysis.seen.properties);
    for (const char* part : {"Quality", "DominantColors"}) properties[part] = answer[part];
  }
  return properties;
}

}  // namespace

json::object string_value(std::string_view text) { return {{"S", text}}; }
json::object number_value(double number) { return {{"N", write_json(json::value(number))}}; }
json::object number_value(std::int64_t number) { return {{"N", std::to_string(number)}}; }

json::object attribute(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return string_value(value.get_string());
    case json::kind::bool_: return {{"BOOL", value.get_bool()}};
    case json::kind::null: return {{"NULL", true}};
    case json::kind::array: {
      json::array list;
      for (const json::value& item : value.get_array()) list.push_back(attribute(item));
      return {{"L", std::move(list)}};
    }
    case json::kind::object: {
      json::object map;
      for (const auto& [name, item] : value.get_object()) map[name] = attribute(item);
      return {{"M", std::move(map)}};
    }
    default: return {{"N", write_json(value)}};
  }
}

void add_findings(store::Item& record, const Analysis& analysis) {
  const vision::Recognition& seen = analysis.seen;
  if (seen.labels) {
    json::array labels;
    for (const vision::Label& label : std::span(*seen.labels).first(std::min(seen.labels->size(), kMaxLabels))) {
      labels.push_back(label_attribute(label));
    }
    record["Labels"] = json::object{{"L", std::move(labels)}};
    record["Detection_Summary"] = json::object{{"L", summary(*seen.labels)}};
  }
  if (seen.faces) {
    json::array faces;
    for (const vision::Face& face : std::span(*seen.faces).first(std::min(seen.faces->size(), kMaxFaces))) {
      faces.push_back(face_attribute(face));
    }
    record["FaceData"] = json::object{{"L", std::move(faces)}};
  }
  if (seen.text) record["Text"] = json::object{{"L", lines_of(*seen.text)}};
  if (seen.moderation) add_moderation(record, *seen.moderation);
  record["ImageProperties"] = attribute(image_properties(analysis));
}

}  // namespace eyrie::analysis
