// Traces: what a request did and all that came of it, step by step. Asked for by the request's id, the trace's, or a picture.
#include "analysis/record.h"
#include "analysis/record_findings.h"
#include "api/console/operations.h"
#include "iam/guarded_stores.h"
#include "monitor/traces/traces.h"

namespace eyrie::api::console {
namespace {

constexpr std::size_t kMaxTraceId = 128;

// The id of the request that the picture's record came of: its upload's, or that which had it analyzed anew.
Outcome<std::string> request_of_picture(const Call& call, const std::string& id) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_CHECK_OK(told(call.context.caller->may("dynamodb:GetItem", iam::table_arn(analysis::kRecordTable))));
  const analysis::PicturePtr picture = gallery->index.find(id);
  if (picture == nullptr) return refused(Code::kNotFound, "There is no such picture.");
  const store::Item key{{"ImageID", analysis::string_value(picture->id)}, {"UploadTimestamp", analysis::number_value(picture->uploaded)}};
  EYRIE_TRY(const auto record, told(gallery->items.get(std::string(analysis::kRecordTable), key)));
  const json::value* request = record ? record->if_contains("RequestID") : nullptr;
  const json::string* text = request == nullptr ? nullptr : find_string(*request, "S");
  return text == nullptr ? std::string() : std::string(*text);
}

}  // namespace

Outcome<Answer> get_trace(const Call& call) {
  if (call.backend.traces == nullptr) return refused(Code::kNotFound, "There are no traces here.");
  EYRIE_CHECK_OK(call.may_on("console:GetTrace", "*"));
  EYRIE_TRY(const auto pairs, call.query());
  if (pairs.size() != 1) return refused(Code::kInvalidArgument, "A trace is asked for by request_id, by trace_id or by picture.");
  const auto& [by, id] = pairs.front();
  if (id.empty() || id.size() > kMaxTraceId) return refused(Code::kInvalidArgument, "There are no such ids.");
  Outcome<std::vector<monitor::TraceSegment>> segments;
  if (by == "trace_id") {
    segments = told(call.backend.traces->of_trace(id));
  } else if (by == "request_id") {
    segments = told(call.backend.traces->of_request(id));
  } else if (by == "picture") {
    EYRIE_TRY(const std::string request, request_of_picture(call, id));
    segments = told(call.backend.traces->of_request(request));
  } else {
    return refused(Code::kInvalidArgument, "A trace is asked for by request_id, by trace_id or by picture.");
  }
  if (!segments) return std::unexpected(segments.error());
  if (segments->empty()) return refused(Code::kNotFound, "Nothing is known of it, or not any more.");
  json::array list;
  for (const monitor::TraceSegment& segment : *segments) list.push_back(monitor::segment_json(segment));
  return Answer{.body = json::object{{"segments", std::move(list)}}};
}

}  // namespace eyrie::api::console
