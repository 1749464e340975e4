// Threads that run jobs, first come, first served. The queue is bounded only for those who ask (try_post):
// what carries begun work on must never be turned away, and there is at most one such job a connection.
//
// A job that waits for what other processes do says so (WaitingElsewhere): another may then run in its stead, as long as there are threads.
// So as many jobs compute, and hold memory, as without those that wait.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace eyrie::net {

class WorkerPool {
 public:
  using Job = std::move_only_function<void()>;

  // `threads` jobs run at once, and `waiting` more that are waiting elsewhere.
  explicit WorkerPool(unsigned threads, unsigned waiting = 0);
  ~WorkerPool();  // stop()

  // False, and the job is left as it was, where `max_queued` jobs posted this way wait already.
  bool try_post(Job& job, std::size_t max_queued);
  // After stop() the job runs at once, on the caller's thread.
  void post(Job job);
  std::size_t queued() const;  // jobs of try_post() that wait
  // Runs what is queued, then ends the threads.
  void stop();

 private:
  struct Entry {
    Job job;
    bool bounded;  // came by try_post()
  };

  friend class WaitingElsewhere;
  void work();
  bool may_take() const { return !jobs_.empty() && (running_ < most_ || stopped_); }  // under mutex_

  const unsigned most_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> jobs_;           // guarded by mutex_
  std::size_t bounded_waiting_ = 0;  // guarded by mutex_
  bool stopped_ = false;             // guarded by mutex_
  unsigned running_ = 0;             // guarded by mutex_: jobs that run and do not wait elsewhere
  std::vector<std::thread> threads_;
};

// While it lives, the job of this thread counts as waiting. Nothing, on threads of no pool.
class WaitingElsewhere {
 public:
  WaitingElsewhere();
  ~WaitingElsewhere();
  WaitingElsewhere(const WaitingElsewhere&) = delete;
  WaitingElsewhere& operator=(const WaitingElsewhere&) = delete;

 private:
  WorkerPool* const pool_;
};

}  // namespace eyrie::net
