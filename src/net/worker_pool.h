// Threads that run jobs, first come, first served. The queue is bounded only for those who ask (try_post):
// what carries begun work on must never be turned away, and there is at most one such job a connection.
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

  explicit WorkerPool(unsigned threads);
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

  void work();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> jobs_;           // guarded by mutex_
  std::size_t bounded_waiting_ = 0;  // guarded by mutex_
  bool stopped_ = false;             // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace eyrie::net
