#include "analysis/analyze_image.h"

#include "analysis/answer.h"
#include "analysis/record_put.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/trace/trace_steps.h"
#include "crypto/digest.h"

namespace eyrie::analysis {
namespace {

using store::Item;

// Sequencers are hexadecimal; the shorter is padded on the right with zeros, then they compare as text (S3's rule).
bool sequencer_less(std::string a, std::string b) {
  const std::size_t length = std::max(a.size(), b.size());
  a.resize(length, '0');
  b.resize(length, '0');
  return a < b;
}

Result<Bytes> read_all(store::ObjectReader& object, std::size_t max_bytes) {
  const std::uint64_t size = object.info().size;
  if (size > max_bytes) {
    return fail(Code::kTooLarge, "file has " + std::to_string(size) + " bytes; at most " + std::to_string(max_bytes) +
                                     " are analyzed");
  }
  return store::read_whole(object);
}

}  // namespace

void add_origin(Item& record, const store::ObjectInfo& object, const std::string& read_sha256) {
  const auto name = object.metadata.find("original-name");
  const auto decoded = name == object.metadata.end() ? std::nullopt : percent_decode(name->second);
  if (decoded && !decoded->empty() && valid_utf8(*decoded)) record["OriginalName"] = json::object{{"S", *decoded}};
  const auto told = object.checksums.find("SHA256");
  const std::string& digest = told != object.checksums.end() && !told->second.contains('-') ? told->second : read_sha256;
  if (!digest.empty()) record["ContentSHA256"] = json::object{{"S", digest}};
}

namespace {

// Who changes objects while this upload is served, as the records of these events tell it.
store::Requester itself(const Upload& upload) {
  return {.request_id = upload.request_id, .source_ip = "127.0.0.1", .principal = "AWS:" + std::string(kAnalyzeImageRoleId) + ":" + upload.sequencer, .trace = upload.trace};
}

}  // namespace

Result<Upload> parse_upload(const store::Event& event) {
  EYRIE_TRY(const json::value payload, parse_json(event.payload));
  const json::value* records = find(payload, "Records");
  if (records == nullptr || !records->is_array() || records->get_array().size() != 1) {
    return fail(Code::kInvalidArgument, "event does not hold one S3 record");
  }
  const json::value& record = records->get_array()[0];
  const json::value* s3 = find(record, "s3");
  const json::value* bucket = s3 == nullptr ? nullptr : find(*s3, "bucket");
  const json::value* object = s3 == nullptr ? nullptr : find(*s3, "object");
  const json::string* time = find_string(record, "eventTime");
  if (bucket == nullptr || object == nullptr || time == nullptr) {
    return fail(Code::kInvalidArgument, "event is no S3 record");
  }
  const json::string* bucket_name = find_string(*bucket, "name");
  const json::string* key = find_string(*object, "key");
  const json::string* sequencer = find_string(*object, "sequencer");
  const auto time_ms = parse_iso8601(*time);
  if (bucket_name == nullptr || key == nullptr || !time_ms) {
    return fail(Code::kInvalidArgument, "S3 record lacks bucket, key or time");
  }
  // S3 writes keys in records as HTML forms do: '+' stands for a space.
  const auto decoded = percent_decode(*key, true);
  if (!decoded) return fail(Code::kInvalidArgument, "S3 record's key is not url-encoded");
  return Upload{.bucket = std::string(*bucket_name),
                .key = *decoded,
                .sequencer = sequencer == nullptr ? "" : std::string(*sequencer),
                .time_ms = *time_ms,
                .request_id = event.request_id,
                .trace = event.trace};
}

AnalyzeImage::AnalyzeImage(const AnalyzeImageOptions& options, store::ObjectStore& objects, store::ItemTable& items,
                           vision::Recognizer& recognizer, notify::rules::AlertRules* rules)
    : options_(options), objects_(objects), items_(items), recognizer_(recognizer), rules_(rules) {}

Status AnalyzeImage::invoke(const store::Event& event) {
  EYRIE_TRY(Upload upload, parse_upload(event));
  if (upload.sequencer.empty()) {
    const auto object = objects_.head(upload.bucket, upload.key);
    if (!object && object.error().code == Code::kNotFound) return {};
    if (!object) return fail(object.error());
    upload.sequencer = object->sequencer;
    upload.time_ms = object->modified_ms;
  }
  EYRIE_TRY(const std::vector<Item> records, records_of(upload));
  for (const Item& record : records) {
    const std::string sequencer = record_sequencer(record);
    if (sequencer_less(upload.sequencer, sequencer)) return {};  // a newer upload was here first
    if (sequencer == upload.sequencer && record_status(record) != "PENDING") {
      EYRIE_CHECK_OK(finish(upload, record));  // the process may have died before it was done
      if (record_status(record) == "COMPLETED") EYRIE_CHECK_OK(raise_missed_alerts(upload));
      return tag(upload, record_status(record) == "COMPLETED" ? "analyzed" : "failed");
    }
  }
  auto object = timed_step("open", [&] { return objects_.open(upload.bucket, upload.key); });
  if (!object && object.error().code != Code::kNotFound) return fail(object.error());
  if (!object || (*object)->info().sequencer != upload.sequencer) {
    log_info("upload is gone; nothing to analyze", {{"bucket", upload.bucket}, {"key", upload.key}});
    auto removed = items_.remove(std::string(kRecordTable), record_key(pending_record(upload)), [&](const Item* current) {
      return current != nullptr && record_sequencer(*current) == upload.sequencer;
    });
    if (!removed && removed.error().code != Code::kFailedPrecondition) return fail(removed.error());
    return {};
  }
  return process(upload, **object);
}

Status AnalyzeImage::process(const Upload& upload, store::ObjectReader& object) {
  Stopwatch watch;
  const store::ObjectInfo& info = object.info();
  Item pending = pending_record(upload);
  add_origin(pending, info);
  EYRIE_CHECK_OK(timed_step("pending", [&] { return put_record(items_, pending); }));
  const Result<Bytes> file = fetch(object);
  const std::string digest = file ? base64_encode(crypto::sha256(*file)) : "";
  auto analysis = look_at(file);
  if (!analysis) {
    if (!is_permanent(analysis.error())) return fail(analysis.error());
    Item failed = failed_record(upload, analysis.error(), watch.elapsed_ms());
    add_origin(failed, info, digest);
    EYRIE_CHECK_OK(timed_step("record", [&] { return finish(upload, failed); }));
    return timed_step("tag", [&] { return tag(upload, "failed"); });
  }
  EYRIE_CHECK_OK(timed_step("result", [&] { return write_result(upload, *analysis); }));
  const double duration_ms = watch.elapsed_ms();
  Item completed = completed_record(upload, *analysis, duration_ms, options_.retention_days);
  add_origin(completed, info, digest);
  EYRIE_CHECK_OK(timed_step("record", [&] { return finish(upload, completed); }));
  if (options_.seen) options_.seen(analysis->seen);
  log_info("image analyzed", {{"bucket", upload.bucket},
                              {"key", upload.key},
                              {"labels", analysis->seen.labels ? analysis->seen.labels->size() : 0},
                              {"faces", analysis->seen.faces ? analysis->seen.faces->size() : 0},
                              {"decode_ms", rounded(analysis->decode_ms, 1)},
                              {"recognize_ms", rounded(analysis->recognize_ms, 1)},
                              {"duration_ms", rounded(duration_ms, 1)}});
  EYRIE_CHECK_OK(timed_step("alerts", [&] { return raise_alerts(upload, *analysis); }));
  return timed_step("tag", [&] { return tag(upload, "analyzed"); });
}

Result<Bytes> AnalyzeImage::fetch(store::ObjectReader& object) {
  return timed_step("fetch", [&] { return read_all(object, options_.max_bytes); });
}

Result<Analysis> AnalyzeImage::look_at(const Result<Bytes>& file) {
  if (!file) return fail(file.error());
  vision::Request request = whole_pass(options_.min_confidence, options_.max_labels);
  request.faces->embeddings = rules_ != nullptr && rules_->watches_faces();
  return analyze(*file, recognizer_, request);
}

Status AnalyzeImage::raise_alerts(const Upload& upload, const Analysis& analysis) {
  if (rules_ == nullptr) return {};
  const std::string id = image_id(upload.bucket, upload.key);
  return rules_->raise({.bucket = upload.bucket,
                        .key = upload.key,
                        .sequencer = upload.sequencer,
                        .image_id = id,
                        .result_link = "s3://" + upload.bucket + "/" + result_key(id),
                        .time_ms = upload.time_ms,
                        .trace = upload.trace},
                       analysis.seen, analysis.versions.faces);
}

Status AnalyzeImage::raise_missed_alerts(const Upload& upload) {
  if (rules_ == nullptr || !rules_->any()) return {};
  auto object = objects_.open(upload.bucket, upload.key);
  if (!object) return object.error().code == Code::kNotFound ? Status() : fail(object.error());
  const store::ObjectInfo& info = (*object)->info();
  const auto status = info.tags.find("status");
  if (info.sequencer != upload.sequencer || (status != info.tags.end() && status->second == "analyzed")) return {};
  auto analysis = look_at(fetch(**object));
  if (!analysis) return is_permanent(analysis.error()) ? Status() : fail(analysis.error());
  return raise_alerts(upload, *analysis);
}

Status AnalyzeImage::finish(const Upload& upload, const Item& record) {
  const std::string table(kRecordTable);
  const Status put = put_record(items_, record, [&](const Item* current) {
    return current == nullptr || !sequencer_less(upload.sequencer, record_sequencer(*current));
  });
  if (!put) {
    // A newer upload in the same second holds the place; this one's story ends here.
    if (put.error().code == Code::kFailedPrecondition) return {};
    return fail(put.error());
  }
  EYRIE_TRY(const std::vector<Item> records, records_of(upload));
  for (const Item& other : records) {
    if (!sequencer_less(record_sequencer(other), upload.sequencer)) continue;
    auto removed = items_.remove(table, record_key(other));
    if (!removed) return fail(removed.error());
  }
  return {};
}

Status AnalyzeImage::write_result(const Upload& upload, const Analysis& analysis) {
  const std::string id = image_id(upload.bucket, upload.key);
  json::object result{{"ImageID", id}, {"Bucket", upload.bucket}, {"Key", upload.key}};
  for (auto& [name, part] : analysis_answer(analysis)) result[name] = part;
  EYRIE_TRY(auto writer, objects_.begin_put(upload.bucket, result_key(id)));
  EYRIE_CHECK_OK(writer->write(as_bytes(write_json_pretty(result))));
  store::PutCommit commit;
  commit.content_type = "application/json";
  commit.by = itself(upload);
  EYRIE_CHECK_OK(writer->commit(commit));
  return {};
}

Status AnalyzeImage::tag(const Upload& upload, std::string_view status) {
  // Overwritten or deleted since: the tag has nothing to stand on.
  auto gone = [](const Error& error) {
    return error.code == Code::kFailedPrecondition || error.code == Code::kNotFound;
  };
  auto object = objects_.head(upload.bucket, upload.key);
  if (!object) return gone(object.error()) ? Status() : fail(object.error());
  store::StringMap tags = std::move(object->tags);
  // Setting it again would be another event: where tags invoke this function, without end.
  if (const auto told = tags.find("status"); told != tags.end() && told->second == status) return {};
  tags["status"] = status;
  auto tagged = objects_.set_tags(upload.bucket, upload.key, upload.sequencer, tags,
                                  itself(upload));
  return !tagged && gone(tagged.error()) ? Status() : tagged;
}

Status AnalyzeImage::give_up(const store::Event& event, const Error& error) {
  auto upload = parse_upload(event);
  if (!upload) {
    log_error("event names no upload", {{"event", event.id}, {"error", upload.error().message}});
    return {};
  }
  if (upload->sequencer.empty()) return {};  // of no version: there is nothing that a record could say of it
  return finish(*upload, failed_record(*upload, error, 0));
}

Result<std::vector<Item>> AnalyzeImage::records_of(const Upload& upload) {
  const json::object partition{{"S", image_id(upload.bucket, upload.key)}};
  EYRIE_TRY(store::Page page, items_.query(std::string(kRecordTable), partition, {}, true, {}));
  return std::move(page.items);
}

}  // namespace eyrie::analysis
