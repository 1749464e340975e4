#include "vision/parallel.h"

#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <thread>

namespace eyrie::vision {
namespace {

TEST(RunParts, RunsEveryPartOnce) {
  IdleCores cores(4);
  std::atomic<int> runs = 0;
  const std::vector<std::function<Status()>> parts(9, [&] {
    ++runs;
    return Status();
  });
  EXPECT_TRUE(run_parts(cores, parts));
  EXPECT_EQ(runs, 9);
  EXPECT_TRUE(run_parts(cores, {}));
}

// Two parts that wait for each other can only end where two threads run them.
TEST(RunParts, UsesAnIdleCore) {
  IdleCores cores(2);
  const IdleCores::Busy self(cores);
  std::latch both(2);
  const std::function<Status()> meet = [&] {
    both.arrive_and_wait();
    return Status();
  };
  EXPECT_TRUE(run_parts(cores, {meet, meet}));
}

TEST(RunParts, StaysOnTheCallersThreadWhereNoCoreIdles) {
  IdleCores cores(1);
  const IdleCores::Busy self(cores);
  std::set<std::thread::id> threads;
  const std::function<Status()> note = [&] {
    threads.insert(std::this_thread::get_id());
    return Status();
  };
  EXPECT_TRUE(run_parts(cores, {note, note, note}));
  EXPECT_EQ(threads, std::set<std::thread::id>{std::this_thread::get_id()});
}

TEST(RunParts, AnswersTheFirstError) {
  IdleCores cores(1);
  const auto failing = [](const char* why) {
    return std::function<Status()>([why]() -> Status { return fail(Code::kInternal, why); });
  };
  const auto outcome = run_parts(cores, {[] { return Status(); }, failing("first"), failing("second")});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "first");
}

TEST(IdleCores, GivesNoMoreThanThereAre) {
  IdleCores cores(2);
  EXPECT_TRUE(cores.take());
  {
    const IdleCores::Busy busy(cores);
    EXPECT_FALSE(cores.take());
  }
  EXPECT_TRUE(cores.take());
  EXPECT_FALSE(cores.take());
  cores.give_back();
  EXPECT_TRUE(cores.take());
}

}  // namespace
}  // namespace eyrie::vision
