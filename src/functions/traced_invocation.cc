#include "functions/traced_invocation.h"

#include <algorithm>

#include "base/time/clock.h"

namespace eyrie::functions {

TracedInvocation::About TracedInvocation::about(const store::Event& event, std::string name, monitor::TraceSegment::Kind kind) {
  return {.kind = kind, .name = std::move(name), .request_id = event.request_id, .cause = event.trace, .left_ms = event.created_ms, .deliveries = event.deliveries};
}

TracedInvocation::TracedInvocation(monitor::Metrics& metrics, About about)
    : metrics_(metrics), scope_({.log = &steps_}) {
  segment_.kind = about.kind;
  segment_.name = std::move(about.name);
  segment_.request_id = std::move(about.request_id);
  segment_.began_ms = Clock::system().now_ms();
  if (const auto cause = parse_trace_cause(about.cause)) {
    segment_.context = continue_trace(cause->work);
    segment_.parent = cause->work.span_id;
    if (about.left_ms > 0) metrics_.record_cause(*cause, segment_.request_id, about.left_ms);
  } else {
    segment_.context = begin_trace(segment_.began_ms);
  }
  if (about.left_ms > 0) {
    segment_.waited_ms = static_cast<double>(std::max<std::int64_t>(0, segment_.began_ms - about.left_ms));
    segment_.attempt = about.deliveries + 1;
  }
  log_.emplace(segment_.request_id, segment_.context.trace_id);
}

TracedInvocation::~TracedInvocation() {
  if (forgotten_) return;
  segment_.duration_ms = steps_.elapsed_ms();
  segment_.steps = steps_.steps();
  metrics_.record(std::move(segment_));
}

std::string TracedInvocation::cause() const {
  return write_trace_cause({.work = segment_.context, .parent = segment_.parent, .began_ms = segment_.began_ms, .kind = TraceCause::Kind::kFunction, .name = segment_.name});
}

}  // namespace eyrie::functions
