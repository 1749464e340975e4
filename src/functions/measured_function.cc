#include "functions/measured_function.h"

#include "base/clock.h"

namespace eyrie::functions {

Status MeasuredFunction::invoke(const store::Event& event) {
  const Stopwatch watch;
  const InvocationMetrics::Running running = series_.begin(name());
  Status outcome = function_.invoke(event);
  series_.add_invocation({.function = name()}, !outcome, watch.elapsed_ms());
  return outcome;
}

Status MeasuredFunction::give_up(const store::Event& event, const Error& error) {
  Status told = function_.give_up(event, error);
  if (told) series_.add({.function = name()}, "AsyncEventsDropped", 1);
  return told;
}

}  // namespace eyrie::functions
