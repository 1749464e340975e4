// The time series AWS/Lambda of functions' invocations: Invocations, Errors, Duration, Throttles, ConcurrentExecutions, AsyncEventsReceived, AsyncEventAge, AsyncEventsDropped,
// RecursiveInvocationsDropped, ...
//
// Told of the function (FunctionName), of what was asked for (Resource: NAME or NAME:QUALIFIER), of a version that an alias led to (ExecutedVersion), and of all functions together.
// Source: Lambda developer guide, "Types of metrics for Lambda functions". Thread safety: all of it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "monitor/metrics.h"

namespace eyrie::functions {

struct InvokedFunction {
  std::string function;
  std::string qualifier = {};  // empty: not told
  std::string version = {};    // that was executed
  bool alias = false;          // whether the qualifier is one
};

class InvocationMetrics {
 public:
  explicit InvocationMetrics(monitor::Metrics& metrics) : metrics_(metrics) {}

  // One invocation at work, until it goes.
  class Running {
   public:
    Running(InvocationMetrics& metrics, std::string function) : metrics_(metrics), function_(std::move(function)) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { metrics_.end(function_); }

   private:
    InvocationMetrics& metrics_;
    const std::string function_;
  };
  Running begin(const std::string& function);

  void add(const InvokedFunction& of, std::string_view metric, double value, std::string_view unit = "Count");
  // AsyncEventAge: how long the event has been in the queue.
  void add_event_age(const InvokedFunction& of, std::int64_t queued_ms, std::int64_t now_ms);
  void add_invocation(const InvokedFunction& of, bool failed, double duration_ms);

 private:
  void end(const std::string& function);

  monitor::Metrics& metrics_;
  std::mutex mutex_;
  std::map<std::string, unsigned> running_;  // guarded by mutex_
};

}  // namespace eyrie::functions
