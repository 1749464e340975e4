// The traces of this server: segments are taken at once, and written by a thread of its own, a few times a second at most.
//
//   traces->add(segment);                                    // never waits; of more than kMostWaiting the further ones are lost, which the log says
//   EYRIE_TRY(const auto segments, traces->of_request(id));  // also what was added just now
//
// What a kill takes is what was added in the last kPause; what that left as events is known by those (TraceSegment::assumed).
// Errors: as trace_store.h. Thread safety: all of it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/time/settled_clock.h"
#include "base/trace/trace_cause.h"
#include "monitor/traces/trace_store.h"

namespace eyrie::monitor {

class Traces {
 public:
  static constexpr std::size_t kMostWaiting = 8192;
  static constexpr std::chrono::milliseconds kPause{200};  // between two writes

  // A damaged file is put aside, as FILE.damaged, and a new one begun.
  static Result<std::unique_ptr<Traces>> open(const std::filesystem::path& file, const TraceStore::Limits& limits = {}, const Clock& clock = SettledClock::system());
  ~Traces();  // what was added is written

  void add(TraceSegment segment);
  // An event that was left at `left_ms` tells of the work that left it. Nothing where that was in this process's life: the work is told of itself.
  void add_cause(const TraceCause& cause, const std::string& request_id, std::int64_t left_ms);

  // What was added is written when it returns.
  Status flush();

  // As TraceStore's.
  Result<std::vector<TraceSegment>> of_request(const std::string& request_id);
  Result<std::vector<TraceSegment>> of_trace(const std::string& trace_id);

 private:
  Traces(std::unique_ptr<TraceStore> store, const Clock& clock);
  void run();

  const std::unique_ptr<TraceStore> store_;
  const Clock& clock_;
  const std::int64_t began_ms_;
  std::mutex writing_;  // one write at a time, in the order of what was added; taken before mutex_
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<TraceSegment> waiting_;  // guarded by mutex_
  std::size_t lost_ = 0;               // guarded by mutex_
  bool stopping_ = false;              // guarded by mutex_
  std::thread thread_;
};

}  // namespace eyrie::monitor
