// The record of table ImageMetadataStore: what an uploaded picture was found to hold, as DynamoDB attribute values.
// Attributes and their types: docs/formats.md. Names in search fields (Detection_Summary) are lower case.
//
// A record stands for what lies at Bucket/Key now: its ImageID is the UUID in the key's last part where there is one
// (the console names uploads so), else a UUID made from bucket and key. A later upload to the same key replaces it.
// Thread-safe: pure functions.
#pragma once

#include <string>

#include "analysis/analyze.h"
#include "store/item_table.h"

namespace eyrie::analysis {

inline constexpr std::string_view kRecordTable = "ImageMetadataStore";
store::TableDescription record_table();

// The upload that a record describes.
struct Upload {
  std::string bucket;
  std::string key;
  std::string sequencer;  // empty where the event is of no version (tags, restores): it is of the one that is there
  std::int64_t time_ms = 0;  // of the upload: UploadTimestamp is its whole seconds
  std::string request_id;
  std::string trace = {};  // what is at work (base/trace/trace_cause.h); empty: not told
};

std::string image_id(std::string_view bucket, std::string_view key);
std::string result_key(std::string_view image_id);  // "processed/ID.json"

store::Item pending_record(const Upload& upload);
store::Item failed_record(const Upload& upload, const Error& error, double duration_ms);
// `retention_days` > 0 sets ExpiresAt.
store::Item completed_record(const Upload& upload, const Analysis& analysis, double duration_ms, int retention_days);

// The key attributes of a record.
store::Item record_key(const store::Item& record);
// The sequencer a record was made for, "" where it has none.
std::string record_sequencer(const store::Item& record);
// PENDING, COMPLETED or FAILED; "" where absent.
std::string record_status(const store::Item& record);

}  // namespace eyrie::analysis
