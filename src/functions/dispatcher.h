// Takes events off the queue and invokes their functions: one worker thread a core, leases, retries with backoff, then
// the dead letters.
//
// Threads: `workers` of its own, and one for each event at work of a function that waits for other processes. An event is acknowledged only after invoke() succeeded; a crash in between delivers it
// again. Thread safety: stop() and the counters from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "functions/function.h"
#include "monitor/metrics.h"
#include "store/event_queue.h"

namespace eyrie::functions {

struct DispatcherOptions {
  unsigned workers = 2;
  unsigned waiting = 64;  // events at work at once of functions that wait for other processes
  std::chrono::milliseconds lease = std::chrono::minutes(20);  // longer than a function may take; AWS's ceiling is 15
  int max_attempts = 5;
  std::chrono::milliseconds first_backoff{500};                // doubles with each attempt
  std::chrono::milliseconds max_backoff = std::chrono::minutes(5);
};

class Dispatcher {
 public:
  // All must outlive the dispatcher. `others` gets the events of functions that are not among these (by Event::function), `notifications` those
  // whose function is an ARN.
  Dispatcher(const DispatcherOptions& options, store::EventQueue& queue, const std::vector<Function*>& functions,
             monitor::Metrics& metrics, Function* others = nullptr, Function* notifications = nullptr);
  ~Dispatcher();  // stop()

  void start();
  // No new event is begun from here on; returns at once. Idempotent.
  void begin_no_more();
  // The same, and those in work are finished. Idempotent.
  void stop();

 private:
  void work();
  void deliver(const store::Event& event);
  void deliver_apart(Function& function, const store::Event& event);
  void run(Function& function, const store::Event& event);
  void after_failure(Function& function, const store::Event& event, const Error& error);
  std::chrono::milliseconds backoff(int attempts) const;

  const DispatcherOptions options_;
  store::EventQueue& queue_;
  std::map<std::string, Function*> functions_;  // constant after construction
  monitor::Counter& invocations_;
  monitor::Counter& errors_;
  monitor::Counter& dead_letters_;
  monitor::Histogram& duration_ms_;
  monitor::Gauge& running_;
  Function* const others_;
  Function* const notifications_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> workers_;
  std::mutex apart_mutex_;
  std::condition_variable apart_changed_;
  unsigned apart_ = 0;  // guarded by apart_mutex_: threads of single events
};

}  // namespace eyrie::functions
