#include "base/trace/trace_steps.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/result.h"

namespace eyrie {
namespace {

std::vector<std::string> names(const StepLog& log) {
  std::vector<std::string> found;
  for (const TraceStep& step : log.steps()) found.push_back(std::to_string(step.depth) + " " + step.name + (step.failed ? " failed" : ""));
  return found;
}

TEST(TraceSteps, AreNotedWhereThereIsSomebodyToNoteThem) {
  { const TimedStep nowhere("nowhere"); }
  note_step("nowhere", 1);
  keep_trace();
  StepLog log, other;
  {
    const StepScope scope({.log = &log});
    const TimedStep outer("outer");
    EXPECT_FALSE(timed_step("inner", [] { return Status(fail(Code::kIo, "no")); }));
    {
      const StepScope elsewhere({.log = &other});
      const TimedStep theirs("theirs");
    }
    const Result<int> answer = timed_step("second", [] { return Result<int>(7); });
    EXPECT_EQ(*answer, 7);
    keep_trace();
  }
  { const TimedStep nowhere("nowhere"); }
  EXPECT_EQ(names(log), (std::vector<std::string>{"0 outer", "1 inner failed", "1 second"}));
  EXPECT_EQ(names(other), (std::vector<std::string>{"0 theirs"}));
  EXPECT_TRUE(log.is_kept());
  EXPECT_FALSE(other.is_kept());
}

TEST(TraceSteps, OfHelpersStandWhereTheyHelp) {
  StepLog log;
  {
    const StepScope scope({.log = &log});
    const TimedStep outer("outer");
    const StepPlace place = StepPlace::current();
    std::thread helper([place] {
      const StepScope there(place);
      const TimedStep step("helped");
    });
    helper.join();
  }
  EXPECT_EQ(names(log), (std::vector<std::string>{"0 outer", "1 helped"}));
  const auto steps = log.steps();
  EXPECT_GE(steps[1].start_ms, steps[0].start_ms);
  EXPECT_LE(steps[1].start_ms + steps[1].duration_ms, steps[0].start_ms + steps[0].duration_ms);
}

TEST(TraceSteps, AreBounded) {
  StepLog log;
  const StepScope scope({.log = &log});
  for (std::size_t i = 0; i < 2 * StepLog::kMostSteps; ++i) note_step("step", 1);
  EXPECT_EQ(log.steps().size(), StepLog::kMostSteps);
}

TEST(TraceSteps, ThatSomebodyElseTimedEndNow) {
  StepLog log;
  const StepScope scope({.log = &log});
  note_step("longer than the work", 1e6, true);
  const auto steps = log.steps();
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0], (TraceStep{.name = "longer than the work", .start_ms = 0, .duration_ms = 1e6, .depth = 0, .failed = true}));
}

}  // namespace
}  // namespace eyrie
