// The pictures that were uploaded: searching them, one of them, its file, archiving and removing it, having it analyzed anew.

#include "analysis/analyze_image.h"
#include "analysis/pictures/countries.h"
#include "analysis/record.h"
#include "analysis/record_findings.h"
#include "analysis/record_put.h"
#include "api/common/requester.h"
#include "api/console/operations.h"
#include "api/console/pictures/area.h"
#include "api/console/pictures/presign.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "iam/guarded_stores.h"
#include "store/queue/event_record.h"

namespace eyrie::api::console {
namespace {

using analysis::Picture;
using analysis::PicturePtr;
using analysis::PictureQuery;
using analysis::PictureStatus;

constexpr std::size_t kMaxPage = 200;
constexpr std::size_t kMaxQuery = 200;  // bytes
constexpr std::size_t kMaxIds = 4000;   // bytes
constexpr std::size_t kMaxResult = 8U << 20;  // one a worker
constexpr std::size_t kMaxFile = 50U << 20;

const char* status_name(PictureStatus status) {
  switch (status) {
    case PictureStatus::kPending: return "PENDING";
    case PictureStatus::kCompleted: return "COMPLETED";
    case PictureStatus::kFailed: return "FAILED";
  }
  return "";
}

json::object row(const Picture& picture) {
  json::array labels;
  for (const std::uint8_t at : picture.summary) {
    labels.push_back(json::object{{"name", picture.labels[at].name}, {"confidence", rounded(picture.labels[at].confidence, 4)}});
  }
  return {{"id", picture.id},
          {"uploaded", format_iso8601(picture.uploaded * 1000)},
          {"bucket", picture.bucket},
          {"key", picture.key},
          {"name", picture.name},
          {"version", picture.version},
          {"status", status_name(picture.status)},
          {"error", picture.error},
          {"width", picture.width},
          {"height", picture.height},
          {"bytes", picture.bytes},
          {"faces", picture.faces},
          {"flagged", picture.flagged},
          {"archived", picture.archived},
          {"country", analysis::country_code(picture.country)},
          {"labels", std::move(labels)}};
}

// The whole number that `text` is, up to `most`.
std::optional<std::size_t> whole(std::string_view text, std::size_t most) {
  const auto number = whole_number<std::size_t>(text);
  return number && *number <= most ? number : std::nullopt;
}

bool read_parameter(PictureQuery& query, const std::string& name, const std::string& value) {
  const auto number = [&](std::size_t most, auto& into) {
    const auto read = whole(value, most);
    if (read) into = static_cast<std::remove_reference_t<decltype(into)>>(*read);
    return read.has_value();
  };
  const auto one_of = [&](auto& into, std::initializer_list<std::pair<std::string_view, std::remove_reference_t<decltype(into)>>> values) {
    for (const auto& [text, meaning] : values) {
      if (text != value) continue;
      into = meaning;
      return true;
    }
    return false;
  };
  if (name == "q") return value.size() <= kMaxQuery && (query.words = value, true);
  if (name == "ids") {
    if (value.empty() || value.size() > kMaxIds) return false;
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t end = std::min(value.find(',', at), value.size());
      query.ids.push_back(value.substr(at, end - at));
      at = end + 1;
    }
    return true;
  }
  if (name == "confidence") return number(100, query.min_confidence);
  if (name == "from") return number(1'000'000'000, query.from);
  if (name == "limit") return number(kMaxPage, query.limit);
  if (name == "status")
    return one_of(query.status, {{"PENDING", PictureStatus::kPending}, {"COMPLETED", PictureStatus::kCompleted}, {"FAILED", PictureStatus::kFailed}});
  if (name == "moderation")
    return one_of(query.moderation, {{"flagged", PictureQuery::Moderation::kFlagged}, {"clean", PictureQuery::Moderation::kClean}});
  if (name == "archived")
    return one_of(query.archived, {{"only", PictureQuery::Archived::kOnly}, {"any", PictureQuery::Archived::kAny}});
  if (name == "within") return (query.within = parse_area(value)).has_value();
  if (name == "order")
    return one_of(query.order, {{"newest", PictureQuery::Order::kNewest},
                                {"oldest", PictureQuery::Order::kOldest},
                                {"taken", PictureQuery::Order::kTaken},
                                {"name", PictureQuery::Order::kName},
                                {"largest", PictureQuery::Order::kLargest}});
  return false;
}

Outcome<PictureQuery> query_of(const Call& call) {
  EYRIE_TRY(const auto pairs, call.query());
  PictureQuery query;
  bool archived_told = false;
  for (const auto& [name, value] : pairs) {
    if (!read_parameter(query, name, value)) return refused(Code::kInvalidArgument, "The query's " + name.substr(0, 64) + " cannot be that.");
    archived_told |= name == "archived";
  }
  // Who names pictures wants those.
  if (!archived_told && query.ids.empty()) query.archived = PictureQuery::Archived::kWithout;
  return query;
}

Outcome<void> may_read_records(const Call& call, std::string_view action) {
  return told(call.context.caller->may(action, iam::table_arn(analysis::kRecordTable)));
}

Outcome<PicturePtr> picture_asked_for(const Call& call, const Gallery& gallery) {
  PicturePtr picture = gallery.index.find(call.id);
  if (picture == nullptr) return refused(Code::kNotFound, "There is no such picture.");
  return picture;
}

Result<Bytes> read_file(store::ObjectReader& object, std::size_t most) {
  if (object.info().size > most) return fail(Code::kTooLarge, "The file is too large for this.");
  return store::read_whole(object);
}

store::Item key_of(const Picture& picture) {
  return {{"ImageID", analysis::string_value(picture.id)}, {"UploadTimestamp", analysis::number_value(picture.uploaded)}};
}

std::string type_of(const Picture& picture) {
  const std::string suffix = picture.key.substr(std::min(picture.key.rfind('.'), picture.key.size()));
  if (net::equals_ignore_case(suffix, ".png")) return "image/png";
  if (net::equals_ignore_case(suffix, ".webp")) return "image/webp";
  return "image/jpeg";
}

std::string file_query(const Picture& picture, bool attachment) {
  // Whatever type it was given: nothing of it is to be taken for a page.
  std::string query = "response-cache-control=private%2C%20max-age%3D300&response-content-type=" + percent_encode(type_of(picture));
  if (attachment) query += "&response-content-disposition=" + percent_encode("attachment; filename*=UTF-8''" + percent_encode(picture.name));
  return query;
}

}  // namespace

Outcome<Answer> list_pictures(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_CHECK_OK(may_read_records(call, "dynamodb:Scan"));
  EYRIE_TRY(const PictureQuery query, query_of(call));
  const analysis::PicturePage page = gallery->index.search(query);
  json::array rows;
  for (const PicturePtr& picture : page.pictures) rows.push_back(row(*picture));
  return Answer{.body = json::object{{"total", page.total},
                                     {"from", query.from},
                                     {"revision", page.revision},
                                     {"complete", page.complete},
                                     {"pictures", std::move(rows)}}};
}

Outcome<Answer> get_picture(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_CHECK_OK(may_read_records(call, "dynamodb:GetItem"));
  EYRIE_TRY(const PicturePtr picture, picture_asked_for(call, *gallery));
  EYRIE_TRY(const auto record, told(gallery->items.get(std::string(analysis::kRecordTable), key_of(*picture))));
  json::object answer = row(*picture);
  answer["record"] = record ? json::value(analysis::plain_item(*record)) : json::value();
  iam::GuardedObjects objects(gallery->objects, *call.context.caller, gallery->keys);
  // Opened and not only looked at: that asks for the rights on a key of KMS too.
  const auto object = objects.open(picture->bucket, picture->key);
  answer["url"] = object ? json::value(presigned_get(call, *gallery, *picture, file_query(*picture, false))) : json::value();
  answer["download"] = object ? json::value(presigned_get(call, *gallery, *picture, file_query(*picture, true))) : json::value();
  return Answer{.body = std::move(answer)};
}

Outcome<Answer> get_result(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_TRY(const PicturePtr picture, picture_asked_for(call, *gallery));
  iam::GuardedObjects objects(gallery->objects, *call.context.caller, gallery->keys);
  EYRIE_TRY(const auto object, told(objects.open(picture->bucket, analysis::result_key(picture->id))));
  EYRIE_TRY(const Bytes bytes, told(read_file(*object, kMaxResult)));
  return Answer{.raw = Raw{.type = "application/json", .body = std::string(as_text(bytes))}};
}

Outcome<Answer> get_thumbnail(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_TRY(const PicturePtr picture, picture_asked_for(call, *gallery));
  iam::GuardedObjects objects(gallery->objects, *call.context.caller, gallery->keys);
  EYRIE_TRY(const store::ObjectInfo info, told(objects.head(picture->bucket, picture->key)));
  const std::string version = info.bucket + "/" + info.key + "\n" + info.sequencer;
  // What lies under a key of KMS is opened with the visitor's rights each time.
  EYRIE_TRY(const auto jpeg, told(gallery->thumbnails.get(info.kms ? "" : version, [&]() -> Result<Bytes> {
    EYRIE_TRY(const auto object, objects.open(picture->bucket, picture->key));
    return read_file(*object, kMaxFile);
  })));
  return Answer{.raw = Raw{.type = "image/jpeg", .body = *jpeg, .etag = info.kms ? "" : "\"" + info.sequencer + "\""}};
}

// The record goes last: whatever dies before, it can be done again.
Outcome<Answer> delete_picture(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_TRY(const PicturePtr picture, picture_asked_for(call, *gallery));
  const iam::Caller& caller = *call.context.caller;
  EYRIE_CHECK_OK(may_read_records(call, "dynamodb:DeleteItem"));
  const std::string result = analysis::result_key(picture->id);
  EYRIE_CHECK_OK(told(caller.may("s3:DeleteObject", iam::object_arn(picture->bucket, picture->key))));
  EYRIE_CHECK_OK(told(caller.may("s3:DeleteObject", iam::object_arn(picture->bucket, result))));
  for (const std::string& key : {picture->key, result}) {
    const auto removed = gallery->objects.remove(picture->bucket, key, requester(call.context));
    if (!removed && removed.error().code != Code::kNotFound) return std::unexpected(api_error(removed.error()));
  }
  EYRIE_CHECK_OK(told(gallery->items.remove(std::string(analysis::kRecordTable), key_of(*picture))));
  call.backend.sign_in.note(*call.visitor, "console:DeletePicture", iam::object_arn(picture->bucket, picture->key), call.from());
  return Answer{.status = 204, .body = nullptr};
}

Outcome<Answer> update_picture(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"archived"})));
  EYRIE_TRY(const auto archived, told(members.optional_flag("archived")));
  if (!archived) return refused(Code::kInvalidArgument, "archived is missing.");
  EYRIE_TRY(const PicturePtr picture, picture_asked_for(call, *gallery));
  const std::string arn = iam::object_arn(picture->bucket, picture->key);
  EYRIE_CHECK_OK(call.may_on("console:ArchivePicture", arn));
  const auto marked = analysis::set_archived(gallery->items, key_of(*picture), *archived);
  // There is no record to mark while the upload waits for its turn.
  if (!marked && marked.error().code == Code::kNotFound && picture->status == PictureStatus::kPending)
    return refused(Code::kFailedPrecondition, "The picture waits for its analysis, and can be archived once that has begun.");
  EYRIE_CHECK_OK(told(marked));
  call.note(*archived ? "console:ArchivePicture" : "console:UnarchivePicture", arn);
  EYRIE_TRY(const PicturePtr after, picture_asked_for(call, *gallery));
  return Answer{.body = row(*after)};
}

// The function leaves final records alone, so the record says PENDING before the event is there. Killed in between, it says so until somebody
// asks again.
Outcome<Answer> analyze_anew(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_TRY(const PicturePtr picture, picture_asked_for(call, *gallery));
  const std::string function(analysis::kAnalyzeImage);
  EYRIE_CHECK_OK(told(call.context.caller->may(
      "lambda:InvokeFunction", "arn:aws:lambda:" + std::string(kRegion) + ":" + std::string(kAccount) + ":function:" + function)));
  EYRIE_TRY(const store::ObjectInfo info, told(gallery->objects.head(picture->bucket, picture->key)));
  if (info.sequencer != picture->version) return refused(Code::kFailedPrecondition, "A newer upload of this picture is on its way.");
  // One that waits for its first analysis has no record yet, but its event.
  EYRIE_TRY(const auto record, told(gallery->items.get(std::string(analysis::kRecordTable), key_of(*picture))));
  if (!record) return Answer{.status = 202, .body = json::object{{"id", picture->id}, {"status", "PENDING"}}};
  const std::int64_t time_ms = picture->uploaded * 1000;
  const auto pending = analysis::pending_record(
      {.bucket = info.bucket, .key = info.key, .sequencer = info.sequencer, .time_ms = time_ms, .request_id = call.context.head.id, .trace = cause_of(call.context)});
  EYRIE_CHECK_OK(told(analysis::put_record(gallery->items, pending, [&](const store::Item* current) {
    return current != nullptr && analysis::record_sequencer(*current) == info.sequencer;
  })));
  const std::string payload = store::event_record(info, {.name = "ObjectCreated:Put",
                                                         .time_ms = time_ms,
                                                         .by = requester(call.context)});
  EYRIE_CHECK_OK(told(gallery->events.push({.function = function,
                                            .subject = info.bucket + "/" + info.key,
                                            .payload = payload,
                                            .created_ms = call.context.head.received_ms,
                                            .request_id = call.context.head.id,
                                            .trace = cause_of(call.context)})));
  return Answer{.status = 202, .body = json::object{{"id", picture->id}, {"status", "PENDING"}}};
}

Outcome<Answer> get_overview(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_CHECK_OK(may_read_records(call, "dynamodb:Scan"));
  const auto counts = gallery->index.counts();
  json::array labels;
  for (const auto& [name, count] : counts.labels) labels.push_back(json::object{{"name", name}, {"count", count}});
  EYRIE_TRY(const store::QueueDepth depth, told(gallery->events.depth()));
  return Answer{.body = json::object{{"pending", counts.pending},
                                     {"completed", counts.completed},
                                     {"failed", counts.failed},
                                     {"flagged", counts.flagged},
                                     {"archived", counts.archived},
                                     {"bytes", counts.bytes},
                                     {"labels", std::move(labels)},
                                     {"queue", json::object{{"ready", depth.ready}, {"leased", depth.leased}, {"delayed", depth.delayed}, {"dead", depth.dead}}}}};
}

}  // namespace eyrie::api::console
