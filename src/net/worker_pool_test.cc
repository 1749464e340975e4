#include "net/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace eyrie::net {
namespace {

TEST(WorkerPool, BoundsOnlyWhatAsksForIt) {
  WorkerPool pool(1);
  std::latch running(1);
  std::latch release(1);
  std::atomic<int> done{0};
  pool.post([&] {
    running.count_down();
    release.wait();
  });
  running.wait();
  for (int i = 0; i < 10; ++i) pool.post([&] { ++done; });
  EXPECT_EQ(pool.queued(), 0U);
  WorkerPool::Job job = [&] { ++done; };
  EXPECT_TRUE(pool.try_post(job, 1));
  WorkerPool::Job second = [&] { ++done; };
  EXPECT_FALSE(pool.try_post(second, 1));
  ASSERT_TRUE(second);  // still the caller's
  EXPECT_EQ(pool.queued(), 1U);
  release.count_down();
  pool.stop();
  EXPECT_EQ(done, 11);
  EXPECT_EQ(pool.queued(), 0U);
}

TEST(WorkerPool, WhoWaitsElsewhereLetsAnotherRun) {
  WorkerPool pool(1, 2);
  std::latch waiting(1), release(1), ran(1);
  std::atomic<int> at_once{0}, most{0}, done{0};
  pool.post([&] {
    const WaitingElsewhere elsewhere;
    waiting.count_down();
    release.wait();
  });
  waiting.wait();
  pool.post([&] { ran.count_down(); });
  ran.wait();  // although the first is not done
  // But no more than one of those that do not wait, though there are threads.
  for (int i = 0; i < 50; ++i) {
    pool.post([&] {
      most = std::max(most.load(), ++at_once);
      std::this_thread::yield();
      --at_once;
      ++done;
    });
  }
  while (done < 50) std::this_thread::yield();
  EXPECT_EQ(most, 1);
  release.count_down();
  pool.stop();
}

TEST(WorkerPool, AfterStopJobsRunAtOnce) {
  WorkerPool pool(2);
  pool.stop();
  bool ran = false;
  pool.post([&] { ran = true; });
  EXPECT_TRUE(ran);
  WorkerPool::Job job = [] {};
  EXPECT_FALSE(pool.try_post(job, 10));
}

}  // namespace
}  // namespace eyrie::net
