// One invocation as a segment of its trace (monitor/traces), and the trace's id in the log's lines, from here to the end of its life.
//
//   TracedInvocation traced(metrics, {.name = name(), .request_id = event.request_id, .cause = event.trace});
//   hand_on(traced.cause());          // to what the invocation leaves itself
//   if (!outcome) traced.fail(outcome.error());
//
// What has no cause begins a trace. Steps of this thread go to the segment (base/trace/trace_steps.h). Not thread-safe: one thread's.
#pragma once

#include <optional>
#include <string>

#include "base/log.h"
#include "base/trace/trace_cause.h"
#include "base/trace/trace_steps.h"
#include "monitor/metrics.h"
#include "monitor/traces/trace_segment.h"
#include "store/event_queue.h"

namespace eyrie::functions {

class TracedInvocation {
 public:
  struct About {
    monitor::TraceSegment::Kind kind = monitor::TraceSegment::Kind::kFunction;
    std::string name;
    std::string request_id;
    std::string cause;           // base/trace/trace_cause.h
    std::int64_t left_ms = 0;    // of an event: when it was left; 0: it is none
    int deliveries = 0;          // of an event: before this one
  };
  static About about(const store::Event& event, std::string name, monitor::TraceSegment::Kind kind = monitor::TraceSegment::Kind::kFunction);

  TracedInvocation(monitor::Metrics& metrics, About about);  // the metrics must outlive it
  ~TracedInvocation();
  TracedInvocation(const TracedInvocation&) = delete;
  TracedInvocation& operator=(const TracedInvocation&) = delete;

  const TraceContext& context() const { return segment_.context; }
  std::string cause() const;
  void fail(const Error& error) { segment_.error = code_name(error.code); }
  // It did not come to an invocation: events that wait for one of many would push out whatever else is known.
  void forget() { forgotten_ = true; }

 private:
  monitor::Metrics& metrics_;
  monitor::TraceSegment segment_;
  bool forgotten_ = false;
  StepLog steps_;
  const StepScope scope_;
  std::optional<LogContext> log_;
};

}  // namespace eyrie::functions
