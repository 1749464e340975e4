// The trace that a request is part of: its client's, where it names one, else one that begins here. `traceparent` is heard before X-Amzn-Trace-Id: balancers
// and SDKs add that one unasked. The lineage is told by X-Amzn-Trace-Id, whichever of the two counts. Thread-safe: pure functions.
#pragma once

#include <string>

#include "base/trace/trace_context.h"
#include "net/http.h"

namespace eyrie::api {

struct RequestTrace {
  TraceContext own;          // its span id is this request's
  std::string parent;        // the span id of what asks; empty: nobody has said
  bool is_named = false;     // by the client
};

RequestTrace trace_of(const net::RequestHead& head);

}  // namespace eyrie::api
