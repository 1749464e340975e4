#include "base/trace/trace_steps.h"

#include <algorithm>

namespace eyrie {
namespace {

thread_local StepPlace current_place;

}  // namespace

void StepLog::add(TraceStep step) {
  const std::lock_guard lock(mutex_);
  if (steps_.size() < kMostSteps) steps_.push_back(std::move(step));
}

std::vector<TraceStep> StepLog::steps() const {
  std::vector<TraceStep> all;
  {
    const std::lock_guard lock(mutex_);
    all = steps_;
  }
  // They were added as they ended: a part before what it is part of.
  std::ranges::sort(all, [](const TraceStep& a, const TraceStep& b) { return std::pair(a.start_ms, a.depth) < std::pair(b.start_ms, b.depth); });
  return all;
}

StepPlace StepPlace::current() { return current_place; }

StepScope::StepScope(StepPlace place) : before_(std::exchange(current_place, place)) {}
StepScope::~StepScope() { current_place = before_; }

TimedStep::TimedStep(const char* name) : name_(name), place_(current_place) {
  if (place_.log == nullptr) return;
  ++current_place.depth;
  start_ms_ = place_.log->elapsed_ms();
}

TimedStep::~TimedStep() {
  if (place_.log == nullptr) return;
  current_place.depth = place_.depth;
  place_.log->add({.name = name_, .start_ms = start_ms_, .duration_ms = place_.log->elapsed_ms() - start_ms_, .depth = place_.depth, .failed = failed_});
}

void note_step(const char* name, double duration_ms, bool failed, double ago_ms) {
  const StepPlace place = current_place;
  if (place.log == nullptr) return;
  const double start_ms = std::max(0.0, place.log->elapsed_ms() - duration_ms - ago_ms);
  place.log->add({.name = name, .start_ms = start_ms, .duration_ms = duration_ms, .depth = place.depth, .failed = failed});
}

void keep_trace() {
  if (current_place.log != nullptr) current_place.log->keep();
}

}  // namespace eyrie
