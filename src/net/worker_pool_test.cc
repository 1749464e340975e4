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
