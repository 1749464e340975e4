#include "api/console/dashboard/range.h"

#include <gtest/gtest.h>

#include "base/time/clock.h"

namespace eyrie::api::console {
namespace {

constexpr std::int64_t kNow = 1'790'000'030;

Result<Range> back(std::int64_t seconds) {
  return range_of(format_iso8601((kNow - seconds) * 1000), std::nullopt, kNow);
}

TEST(Range, IsCutIntoFewParts) {
  EXPECT_EQ(back(3600)->period_s, 60);
  EXPECT_EQ(back(86'400)->period_s, 300);
  EXPECT_EQ(back(7 * 86'400)->period_s, 3600);
  EXPECT_EQ(back(30 * 86'400)->period_s, 6 * 3600);
  for (std::int64_t length = 60; length <= kLongestRange_s; length += 86'399) {
    const auto range = back(length);
    ASSERT_TRUE(range) << length;
    EXPECT_LE((range->end_s - range->start_s + range->period_s - 1) / range->period_s, kMostPeriods + 1)
        << length;
    EXPECT_EQ(range->start_s % range->period_s, 0);
    EXPECT_LE(range->start_s, kNow - length);
    EXPECT_EQ(range->end_s, kNow);
  }
}

TEST(Range, IsADayUnlessTold) {
  const auto range = range_of(std::nullopt, std::nullopt, kNow);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->start_s, (kNow - 86'400) / 300 * 300);
  EXPECT_EQ(range->end_s, kNow);
}

TEST(Range, NothingElse) {
  EXPECT_FALSE(back(59));
  EXPECT_FALSE(back(-3600));
  EXPECT_FALSE(back(kLongestRange_s + 1));
  EXPECT_FALSE(range_of("yesterday", std::nullopt, kNow));
  EXPECT_FALSE(range_of(std::nullopt, "2026-13-01T00:00:00Z", kNow));
  EXPECT_FALSE(range_of("2099-01-01T00:00:00Z", "2099-01-02T00:00:00Z", kNow));
  EXPECT_FALSE(range_of("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", kNow));
}

}  // namespace
}  // namespace eyrie::api::console
