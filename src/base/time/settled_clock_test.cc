#include "base/time/settled_clock.h"

#include <gtest/gtest.h>

namespace eyrie {
namespace {

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;

class SettledClockTest : public ::testing::Test {
 protected:
  // As time does.
  void pass(std::int64_t ms) {
    wall_ += ms;
    elapsed_ += ms;
  }

  std::int64_t wall_ = 20'000 * kDay, elapsed_ = 5 * kHour;
  SettledClock clock_{{.wall_ms = [this] { return wall_; }, .elapsed_ms = [this] { return elapsed_; }}};
};

TEST_F(SettledClockTest, ShowsTheTimeOfDayAndFollowsSmallChanges) {
  EXPECT_EQ(clock_.now_ms(), wall_);
  pass(3 * kDay);
  EXPECT_EQ(clock_.now_ms(), wall_);
  for (int i = 0; i < 100; ++i) {
    pass(kMinute);
    wall_ += i % 2 == 0 ? 29'000 : 20'000;  // 40 minutes in all
    EXPECT_EQ(clock_.now_ms(), wall_);
  }
  EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
}

TEST_F(SettledClockTest, GoesOnThroughAJumpAndBack) {
  for (const std::int64_t jump : {10 * kDay, -400 * kDay, kMinute}) {
    const std::int64_t before = clock_.now_ms();
    wall_ += jump;
    EXPECT_EQ(clock_.now_ms(), before);
    EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
    pass(59 * kMinute);
    EXPECT_EQ(clock_.now_ms(), before + 59 * kMinute);
    EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
    wall_ -= jump;
    EXPECT_EQ(clock_.now_ms(), before + 59 * kMinute);
    EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
    pass(2 * kHour);
    EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
  }
}

TEST_F(SettledClockTest, AJumpThatStaysIsAdopted) {
  wall_ += kDay;
  EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
  pass(30 * kMinute);
  wall_ -= 3 * kDay;  // another one: counted anew
  EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
  pass(59 * kMinute);
  EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
  pass(kMinute);
  EXPECT_EQ(clock_.lasting_jump_ms(), -2 * kDay);
  EXPECT_EQ(clock_.now_ms(), wall_ + 2 * kDay);  // not before it is told to
  clock_.adopt(-2 * kDay);
  EXPECT_EQ(clock_.now_ms(), wall_);
  EXPECT_EQ(clock_.lasting_jump_ms(), std::nullopt);
}

TEST(SettledClock, OfTheMachine) {
  const std::int64_t before = Clock::system().now_ms();
  const std::int64_t now = SettledClock::system().now_ms();
  EXPECT_GE(now, before);
  EXPECT_LE(now, Clock::system().now_ms());
}

}  // namespace
}  // namespace eyrie
