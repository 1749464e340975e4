// What a durable event says of the work that left it: so that a trace goes on, and tells where it came from, also where the process that began it was
// killed. In one line of text, which the store keeps without reading it: "TRACEPARENT PARENT BEGAN_MS KIND NAME", PARENT being - where there is none, and " LINEAGE" (trace_lineage.h) behind it
// where the work has gone through functions. Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/trace/trace_context.h"

namespace eyrie {

struct TraceCause {
  enum class Kind { kRequest, kFunction };
  TraceContext work;          // its span id is that of the work
  std::string parent = {};    // the span id of what caused that; empty: the trace begins with it
  std::int64_t began_ms = 0;  // milliseconds since 1970
  Kind kind = Kind::kRequest;
  std::string name;           // "s3:PutObject", "analyze-image"; no spaces

  friend bool operator==(const TraceCause&, const TraceCause&) = default;
};

// "" where there is no trace.
std::string write_trace_cause(const TraceCause& cause);
// nullopt where it is not of that form: also of what was left before there were traces.
std::optional<TraceCause> parse_trace_cause(std::string_view text);
// The trace's id alone; "" where there is none.
std::string trace_id_of_cause(std::string_view text);
// As X-Ray's header tells it to what comes of the work: an AWSTraceHeader; "" where there is none.
std::string xray_header_of_cause(std::string_view text);

}  // namespace eyrie
