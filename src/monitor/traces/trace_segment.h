// A piece of work of a trace, with its steps: a request that was answered, an invocation of a function, a delivery of an event. Plain values.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/trace/trace_context.h"
#include "base/trace/trace_steps.h"

namespace eyrie::monitor {

struct TraceSegment {
  enum class Kind { kRequest, kFunction, kDelivery };
  TraceContext context;         // its own: the span id is its name
  std::string parent = {};      // the span id of the work that caused it; empty: the trace begins here
  Kind kind = Kind::kRequest;
  std::string name = {};        // "s3:PutObject"; the function's; the ARN that the event is for
  std::string request_id = {};
  std::int64_t began_ms = 0;    // milliseconds since 1970
  double duration_ms = 0;
  double waited_ms = 0;         // of an event: in the queue, since it was left
  int attempt = 1;              // of an event: the how manieth
  int status = 0;               // of a request: HTTP's; 0: not known
  std::string error = {};       // why it failed, as a code's name; empty: it did not
  bool assumed = false;         // the process ended before it was written down: known by the event that it left
  std::vector<TraceStep> steps = {};
};

std::string_view kind_name(TraceSegment::Kind kind);  // "request", "function", "delivery"
// All of it, as the console's API tells it.
json::object segment_json(const TraceSegment& segment);
// As kept on disk (docs/formats.md), but for its ids and its begin. kCorrupt.
std::string write_segment(const TraceSegment& segment);
Status read_segment(std::string_view text, TraceSegment& into);

}  // namespace eyrie::monitor
