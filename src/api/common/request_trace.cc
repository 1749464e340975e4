#include "api/common/request_trace.h"

namespace eyrie::api {
namespace {

// One that is told twice says nothing.
std::string_view only(const net::Headers& headers, std::string_view name) { return headers.count(name) == 1 ? headers.get(name) : std::string_view(); }

}  // namespace

RequestTrace trace_of(const net::RequestHead& head) {
  auto told = parse_traceparent(only(head.headers, "traceparent"));
  auto xray = parse_xray_header(only(head.headers, "X-Amzn-Trace-Id"));
  if (!told) {
    told = std::move(xray);
  } else if (xray) {
    told->lineage = std::move(xray->lineage);
  }
  if (!told) return {.own = begin_trace(head.received_ms), .parent = {}, .is_named = false};
  return {.own = continue_trace(*told), .parent = std::move(told->span_id), .is_named = true};
}

}  // namespace eyrie::api
