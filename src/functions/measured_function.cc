#include "functions/measured_function.h"

#include "functions/traced_invocation.h"

namespace eyrie::functions {

void MeasuredFunction::received(const store::Event&) { series_.add({.function = name()}, "AsyncEventsReceived", 1); }

Status MeasuredFunction::invoke(const store::Event& event) {
  const Stopwatch watch;
  // A call that waits for its answer was in no queue.
  if (event.created_ms != 0) series_.add_event_age({.function = name()}, event.created_ms, clock_.now_ms());
  const InvocationMetrics::Running running = series_.begin(name());
  TracedInvocation traced(metrics_, TracedInvocation::about(event, name()));
  store::Event handed_on = event;
  handed_on.trace = traced.cause();
  Status outcome = function_.invoke(handed_on);
  if (!outcome) traced.fail(outcome.error());
  series_.add_invocation({.function = name()}, !outcome, watch.elapsed_ms());
  return outcome;
}

Status MeasuredFunction::give_up(const store::Event& event, const Error& error) {
  Status told = function_.give_up(event, error);
  if (told) series_.add({.function = name()}, "AsyncEventsDropped", 1);
  return told;
}

}  // namespace eyrie::functions
