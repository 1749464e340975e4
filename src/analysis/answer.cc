#include "analysis/answer.h"

#include "analysis/answer_parts.h"

namespace eyrie::analysis {
namespace {

json::array named(const std::vector<std::string>& names) {
  json::array list;
  for (const std::string& name : names) list.push_back(json::object{{"Name", name}});
  return list;
}

json::object label_answer(const vision::Label& label) {
  json::array instances;
  for (const vision::Instance& instance : label.instances) {
    json::object item{{"BoundingBox", box_answer(instance.box)},
                      {"Confidence", percent_number(instance.confidence)}};
    if (!instance.colors.empty()) item["DominantColors"] = colors_answer(instance.colors);
    instances.push_back(std::move(item));
  }
  return {{"Name", label.name},
          {"Confidence", percent_number(label.confidence)},
          {"Instances", std::move(instances)},
          {"Parents", named(label.parents)},
          {"Aliases", named(label.aliases)},
          {"Categories", named(label.categories)}};
}

}  // namespace

json::object detect_labels_answer(const std::vector<vision::Label>& labels,
                                  const std::string& model_version) {
  json::array list;
  list.reserve(labels.size());
  for (const vision::Label& label : labels) list.push_back(label_answer(label));
  return {{"Labels", std::move(list)}, {"LabelModelVersion", model_version}};
}

json::object exif_answer(const image::Exif& exif) {
  json::object answer;
  auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) answer[name] = value;
  };
  text("Make", exif.make);
  text("Model", exif.model);
  text("Lens", exif.lens);
  text("Software", exif.software);
  text("DateTimeOriginal", exif.taken_at);
  if (exif.exposure_seconds) answer["ExposureTime"] = rounded(*exif.exposure_seconds, 6);
  if (exif.f_number) answer["FNumber"] = rounded(*exif.f_number, 2);
  if (exif.focal_length_mm) answer["FocalLength"] = rounded(*exif.focal_length_mm, 2);
  if (exif.iso) answer["ISO"] = *exif.iso;
  if (exif.gps) {
    json::object gps{{"Latitude", rounded(exif.gps->latitude, 7)},
                     {"Longitude", rounded(exif.gps->longitude, 7)}};
    if (exif.gps->altitude) gps["Altitude"] = rounded(*exif.gps->altitude, 2);
    answer["GPS"] = std::move(gps);
  }
  if (exif.orientation != 1) answer["Orientation"] = exif.orientation;
  return answer;
}

json::object analysis_answer(const Analysis& analysis) {
  const vision::Recognition& seen = analysis.seen;
  json::object answer{{"Image", json::object{{"Format", image::format_name(analysis.header.format)},
                                             {"Width", analysis.header.width},
                                             {"Height", analysis.header.height},
                                             {"Bytes", analysis.bytes}}}};
  if (seen.labels) answer["DetectLabels"] = detect_labels_answer(*seen.labels, analysis.versions.labels);
  if (seen.properties) answer["ImageProperties"] = properties_answer(*seen.properties);
  if (seen.faces) answer["DetectFaces"] = detect_faces_answer(*seen.faces, true);
  if (seen.text) answer["DetectText"] = detect_text_answer(*seen.text, analysis.versions.text);
  if (seen.moderation) answer["DetectModerationLabels"] = moderation_answer(*seen.moderation);
  answer["Exif"] = exif_answer(analysis.exif);
  return answer;
}

}  // namespace eyrie::analysis
