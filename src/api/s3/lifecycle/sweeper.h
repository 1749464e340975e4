// Does what lifecycle rules say: removes expired objects, moves others to colder classes, aborts stale multipart uploads; and
// what the store's archive has waiting: moves to the cold folder, restores, copies whose time is over.
//
// It stands beside S3's operations because multipart uploads are theirs (multipart/). Every step may be repeated and is on disk
// when done; an object that was overwritten meanwhile is left alone.
//
//   LifecycleSweeper sweeper(objects, clock, {.interval = std::chrono::hours(1)});
//   sweeper.start();      // a thread of its own until it goes
//
// Thread safety: start() once; sweep() from one thread at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/s3/lifecycle/rules.h"
#include "base/time/clock.h"

namespace eyrie::api::s3 {

struct SweeperOptions {
  std::chrono::milliseconds interval{std::chrono::hours(1)};  // between passes over all objects
  Calendar calendar;
};

struct Swept {
  std::size_t expired = 0, moved = 0, aborted = 0;
};

class LifecycleSweeper {
 public:
  LifecycleSweeper(store::ObjectStore& objects, const Clock& clock, SweeperOptions options)
      : objects_(objects), clock_(clock), options_(options) {}
  ~LifecycleSweeper();

  void start();
  // One pass over everything, here and now.
  Swept sweep();

 private:
  void run();
  void sweep_bucket(const std::string& bucket, const LifecycleConfiguration& configuration, Swept& swept);
  void sweep_uploads(Swept& swept);
  void sweep_parts(Swept& swept);
  void act(const LifecycleConfiguration& configuration, const store::ObjectInfo& object, Swept& swept);
  bool stopping() const { return stopping_; }

  store::ObjectStore& objects_;
  const Clock& clock_;
  const SweeperOptions options_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace eyrie::api::s3
