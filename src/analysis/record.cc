#include "analysis/record.h"

#include "analysis/answer.h"
#include "analysis/record_findings.h"
#include "analysis/record_fit.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/trace/trace_cause.h"
#include "crypto/digest.h"
#include "vision/labels/taxonomy.h"

namespace eyrie::analysis {
namespace {

using store::Item;

std::string s3_url(std::string_view bucket, std::string_view key) {
  return "s3://" + std::string(bucket) + "/" + std::string(key);
}

Item base_record(const Upload& upload, std::string_view status) {
  Item record{{"ImageID", string_value(image_id(upload.bucket, upload.key))},
          {"UploadTimestamp", number_value(upload.time_ms / 1000)},
          {"Bucket", string_value(upload.bucket)},
          {"Key", string_value(upload.key)},
          {"S3_URL", string_value(s3_url(upload.bucket, upload.key))},
          {"Sequencer", string_value(upload.sequencer)},
          {"RequestID", string_value(upload.request_id)},
          {"ProcessingStatus", string_value(status)}};
  if (const std::string trace = trace_id_of_cause(upload.trace); !trace.empty()) record["TraceID"] = string_value(trace);
  return record;
}

}  // namespace

store::TableDescription record_table() {
  return {.name = std::string(kRecordTable),
          .partition = {"ImageID", store::KeyType::kString},
          .sort = store::KeyAttribute{"UploadTimestamp", store::KeyType::kNumber}};
}

std::string image_id(std::string_view bucket, std::string_view key) {
  const std::string_view name = key.substr(key.rfind('/') == std::string_view::npos ? 0 : key.rfind('/') + 1);
  const std::string stem = lower_case(name.substr(0, name.rfind('.')));
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
  add_findings(record, analysis);
  record["S3_Result_Link"] = string_value(s3_url(upload.bucket, result_key(image_id(upload.bucket, upload.key))));
  const json::object exif = exif_answer(analysis.exif);
  if (!exif.empty()) record["Exif"] = attribute(exif);
  record["DurationMs"] = number_value(rounded(duration_ms, 1));
  if (retention_days > 0) record["ExpiresAt"] = number_value(upload.time_ms / 1000 + std::int64_t{retention_days} * 86'400);
  fit_record(record);
  note_truncation(record, analysis.seen);
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
