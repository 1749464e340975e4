// Where the time of a piece of work goes: its steps, as they are timed deep below by code that does not know what it works for.
//
//   StepLog log;                                    // whoever answers for the work
//   const StepScope scope({.log = &log});           // this thread's steps go there, until the end of the scope
//   auto picture = timed_step("decode", [&] { return decode(bytes); });   // anywhere below; without a scope it is not noted
//
// Threads that help take StepPlace::current() of who they help, and open a scope with it. Thread safety: a log, all of it; the others are their thread's.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/time/clock.h"

namespace eyrie {

struct TraceStep {
  std::string name;          // "decode"
  double start_ms = 0;       // after the work began
  double duration_ms = 0;
  int depth = 0;             // how many steps it is part of
  bool failed = false;

  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

class StepLog {
 public:
  static constexpr std::size_t kMostSteps = 64;  // what comes after them is not noted

  double elapsed_ms() const { return watch_.elapsed_ms(); }
  void add(TraceStep step);
  // In the order of their begins.
  std::vector<TraceStep> steps() const;

  // It is part of more than itself: it left an event, say.
  void keep() { kept_ = true; }
  bool is_kept() const { return kept_; }

 private:
  const Stopwatch watch_;
  mutable std::mutex mutex_;
  std::vector<TraceStep> steps_;  // guarded by mutex_
  std::atomic<bool> kept_{false};
};

struct StepPlace {
  StepLog* log = nullptr;  // null: nowhere
  int depth = 0;

  static StepPlace current();
};

class StepScope {
 public:
  explicit StepScope(StepPlace place);  // the log must outlive it
  ~StepScope();
  StepScope(const StepScope&) = delete;
  StepScope& operator=(const StepScope&) = delete;

 private:
  const StepPlace before_;
};

// A step from here to the end of its life.
class TimedStep {
 public:
  explicit TimedStep(const char* name);
  ~TimedStep();
  TimedStep(const TimedStep&) = delete;
  TimedStep& operator=(const TimedStep&) = delete;
  void fail() { failed_ = true; }

 private:
  const char* const name_;
  const StepPlace place_;
  double start_ms_ = 0;
  bool failed_ = false;
};

// What `run` answers, a Result or a Status; where that is an error the step has failed.
template <typename Run>
auto timed_step(const char* name, Run run) {
  TimedStep step(name);
  auto outcome = run();
  if (!outcome) step.fail();
  return outcome;
}

// One that somebody else has timed, and that ended `ago_ms` before now.
void note_step(const char* name, double duration_ms, bool failed = false, double ago_ms = 0);
// StepLog::keep() of what is at hand.
void keep_trace();

}  // namespace eyrie
