#include "api/console/dashboard/prices.h"

#include <gtest/gtest.h>

#include "base/time/clock.h"

namespace eyrie::api::console {
namespace {

std::int64_t at(const char* time) {
  return *parse_iso8601(time) / 1000;
}

TEST(Prices, UnitsTimesPrice) {
  const CostLine line =
      cost_of(kRekognitionGroup2, {{.what = "pictures", .factor = 3, .counts = {{"2026-11", 120}}},
                                   {.what = "calls", .factor = 1, .counts = {{"2026-11", 40}}}});
  EXPECT_DOUBLE_EQ(line.units, 400);
  EXPECT_DOUBLE_EQ(line.cost, 0.4);
  ASSERT_EQ(line.at.size(), 1U);
  EXPECT_EQ(line.at[0].usd, 0.001);
  EXPECT_EQ(cost_of(kRekognitionGroup2, {}).cost, 0);
}

TEST(Prices, TiersBeginAnewEachMonth) {
  const CostLine one =
      cost_of(kRekognitionGroup2, {{.what = "pictures", .factor = 1, .counts = {{"2026-10", 40e6}}}});
  // The worked example: 1 M at 0.001, 4 M at 0.0008, 30 M at 0.0006, 5 M at 0.00025.
  EXPECT_DOUBLE_EQ(one.cost, 1000 + 3200 + 18'000 + 1250);
  EXPECT_EQ(one.at.size(), 4U);
  const CostLine two =
      cost_of(kRekognitionGroup2,
              {{.what = "pictures", .factor = 1, .counts = {{"2026-10", 1.5e6}, {"2026-11", 1.5e6}}}});
  EXPECT_DOUBLE_EQ(two.cost, 2 * (1000 + 400));
  ASSERT_EQ(two.at.size(), 2U);
  EXPECT_DOUBLE_EQ(two.at[0].units, 2e6);
  EXPECT_DOUBLE_EQ(two.at[1].units, 1e6);
}

TEST(Prices, ExactlyATierIsWithinIt) {
  const CostLine line =
      cost_of(kLambdaDuration, {{.what = "duration", .factor = 1, .counts = {{"2026-11", 6e9}}}});
  ASSERT_EQ(line.at.size(), 1U);
  EXPECT_DOUBLE_EQ(line.cost, 6e9 * 0.0000166667);
}

TEST(Prices, EveryTableEndsWithoutEndAndRises) {
  for (const Price* price :
       {&kRekognitionGroup1, &kRekognitionGroup2, &kRekognitionProperties, &kLambdaRequests, &kLambdaDuration,
        &kS3Writes, &kS3Reads, &kS3Storage, &kDynamoWrites}) {
    double before = 0;
    bool ends = false;
    for (const Tier& tier : price->tiers) {
      if (ends) continue;
      EXPECT_GT(tier.up_to, before) << price->name;
      before = tier.up_to;
      ends = tier.up_to == kNoEnd;
    }
    EXPECT_TRUE(ends) << price->name;
    EXPECT_TRUE(parse_iso8601(std::string(price->as_of) + "T00:00:00Z")) << price->name;
  }
}

TEST(Prices, Months) {
  EXPECT_EQ(month_of(at("2026-11-30T23:59:59Z")), "2026-11");
  EXPECT_EQ(month_of(at("2026-12-01T00:00:00Z")), "2026-12");
  EXPECT_EQ(month_seconds(at("2026-11-30T23:59:59Z")), 30 * 86'400);
  EXPECT_EQ(month_seconds(at("2026-12-15T12:00:00Z")), 31 * 86'400);
  EXPECT_EQ(month_seconds(at("2028-02-01T00:00:00Z")), 29 * 86'400);
}

}  // namespace
}  // namespace eyrie::api::console
