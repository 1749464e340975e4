#include "analysis/record.h"

#include <algorithm>
#include <cctype>

#include "analysis/answer.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"

namespace eyrie::analysis {
namespace {

using store::Item;

constexpr std::size_t kSummaryNames = 5;
// DynamoDB's ceiling of 400 KB an item: labels beyond this many are only in the result file.
constexpr std::size_t kMaxRecordLabels = 100;
constexpr std::size_t kMaxRecordInstances = 100;

json::object string_value(std::string_view text) { return {{"S", text}}; }
json::object number_value(double number) { return {{"N", write_json(json::value(number))}}; }
json::object number_value(std::int64_t number) { return {{"N", std::to_string(number)}}; }

// Plain JSON -> attribute values.
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

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string s3_url(std::string_view bucket, std::string_view key) {
  return "s3://" + std::string(bucket) + "/" + std::string(key);
}

Item base_record(const Upload& upload, std::string_view status) {
  return {{"ImageID", string_value(image_id(upload.bucket, upload.key))},
          {"UploadTimestamp", number_value(upload.time_ms / 1000)},
          {"Bucket", string_value(upload.bucket)},
          {"Key", string_value(upload.key)},
          {"S3_URL", string_value(s3_url(upload.bucket, upload.key))},
          {"Sequencer", string_value(upload.sequencer)},
          {"RequestID", string_value(upload.request_id)},
          {"ProcessingStatus", string_value(status)}};
}

// Parents and Categories as plain lists of names: easier to filter on than Rekognition's lists of {Name}.
json::object label_attribute(const vision::Label& label) {
  json::array instances;
  for (std::size_t i = 0; i < std::min(label.instances.size(), kMaxRecordInstances); ++i) {
    const vision::Instance& instance = label.instances[i];
    instances.push_back(json::object{{"Confidence", rounded(instance.confidence, 4)},
                                     {"Left", rounded(instance.box.left, 6)},
                                     {"Top", rounded(instance.box.top, 6)},
                                     {"Width", rounded(instance.box.width, 6)},
                                     {"Height", rounded(instance.box.height, 6)}});
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
      if (is_ancestor(label) == ancestors) names.push_back(string_value(lower(label.name)));
    }
  }
  return names;
}

}  // namespace

store::TableDescription record_table() {
  return {.name = std::string(kRecordTable),
          .partition = {"ImageID", store::KeyType::kString},
          .sort = store::KeyAttribute{"UploadTimestamp", store::KeyType::kNumber}};
}

std::string image_id(std::string_view bucket, std::string_view key) {
  const std::string_view name = key.substr(key.rfind('/') == std::string_view::npos ? 0 : key.rfind('/') + 1);
  const std::string stem = lower(name.substr(0, name.rfind('.')));
  if (is_uuid(stem)) return stem;
  // RFC 4122 version 8 (own scheme): the first 16 bytes of SHA-256("bucket\0key").
  std::string named(bucket);
  named += '\0';
  named += key;
  auto digest = crypto::sha256(as_bytes(named));
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0F) | 0x80);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3F) | 0x80);
  std::string text = hex_encode(ByteView(digest).first(16));
  for (std::size_t at : {20, 16, 12, 8}) text.insert(at, "-");
  return text;
}

std::string result_key(std::string_view image_id) { return "processed/" + std::string(image_id) + ".json"; }

Item pending_record(const Upload& upload) { return base_record(upload, "PENDING"); }

Item failed_record(const Upload& upload, const Error& error, double duration_ms) {
  Item record = base_record(upload, "FAILED");
  record["Error"] = string_value(std::string(code_name(error.code)) + ": " + error.message);
  record["DurationMs"] = number_value(rounded(duration_ms, 1));
  return record;
}

Item completed_record(const Upload& upload, const Analysis& analysis, double duration_ms, int retention_days) {
  Item record = base_record(upload, "COMPLETED");
  json::array labels;
  for (std::size_t i = 0; i < std::min(analysis.labels.size(), kMaxRecordLabels); ++i) {
    labels.push_back(label_attribute(analysis.labels[i]));
  }
  record["Labels"] = json::object{{"L", std::move(labels)}};
  record["Detection_Summary"] = json::object{{"L", summary(analysis.labels)}};
  record["S3_Result_Link"] = string_value(s3_url(upload.bucket, result_key(image_id(upload.bucket, upload.key))));
  record["ImageProperties"] = attribute(json::object{{"Format", image::format_name(analysis.header.format)},
                                                     {"Width", analysis.header.width},
                                                     {"Height", analysis.header.height},
                                                     {"Bytes", analysis.bytes}});
  const json::object exif = exif_answer(analysis.exif);
  if (!exif.empty()) record["Exif"] = attribute(exif);
  record["DurationMs"] = number_value(rounded(duration_ms, 1));
  if (retention_days > 0) record["ExpiresAt"] = number_value(upload.time_ms / 1000 + std::int64_t{retention_days} * 86'400);
  return record;
}

Item record_key(const Item& record) {
  return {{"ImageID", record.at("ImageID")}, {"UploadTimestamp", record.at("UploadTimestamp")}};
}

namespace {
std::string string_attribute(const Item& record, std::string_view name) {
  const json::value* value = record.if_contains(name);
  const json::string* text = value == nullptr ? nullptr : eyrie::find_string(*value, "S");
  return text == nullptr ? std::string() : std::string(*text);
}
}  // namespace

std::string record_sequencer(const Item& record) { return string_attribute(record, "Sequencer"); }
std::string record_status(const Item& record) { return string_attribute(record, "ProcessingStatus"); }

}  // namespace eyrie::analysis
