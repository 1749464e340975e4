#include "monitor/series/distribution.h"

#include <gtest/gtest.h>

#include <cmath>

#include "monitor/series/statistic.h"

namespace eyrie::monitor {
namespace {

double told(std::string_view statistic, const Distribution& values) {
  const auto parsed = parse_statistic(statistic);
  EXPECT_TRUE(parsed) << statistic;
  return value_of(*parsed, values).value_or(-1e9);
}

Distribution one_to(int last) {
  Distribution values;
  for (int i = 1; i <= last; ++i) values.add(i);
  return values;
}

TEST(DistributionTest, SimpleStatisticsAreExact) {
  Distribution values;
  values.add(-3);
  values.add(0);
  values.add(10.5, 2);
  EXPECT_EQ(told("SampleCount", values), 4);
  EXPECT_EQ(told("Sum", values), 18);
  EXPECT_EQ(told("Average", values), 4.5);
  EXPECT_EQ(told("Minimum", values), -3);
  EXPECT_EQ(told("Maximum", values), 10.5);
}

TEST(DistributionTest, PercentilesAreWithinOnePerCent) {
  const Distribution values = one_to(100);
  for (const int percent : {1, 10, 50, 90, 99}) EXPECT_NEAR(told("p" + std::to_string(percent), values), percent, percent * 0.0101) << percent;
  EXPECT_EQ(told("p0", values), 1);
  EXPECT_EQ(told("p100", values), 100);
  Distribution negative;
  for (int i = 1; i <= 100; ++i) negative.add(-i);
  EXPECT_NEAR(told("p10", negative), -91, 1);
}

TEST(DistributionTest, ManyMagnitudesStayBounded) {
  Distribution values;
  for (int i = 0; i < 20'000; ++i) values.add(std::pow(1.01, i % 7000 - 3500));
  for (int i = 0; i < 5000; ++i) values.add(-std::pow(1.03, i % 900));
  EXPECT_TRUE(values.has_quantiles());
  EXPECT_LE(values.buckets().size(), 3000U);
  EXPECT_NEAR(std::log(told("p60", values)), (10'000 / 3.0 - 3500) * std::log(1.01), 0.5);
  values.add(std::pow(2.0, 360));
  values.add(std::pow(2.0, -360));
  EXPECT_EQ(told("p100", values), std::pow(2.0, 360));
}

TEST(DistributionTest, MergedIsAsIfAddedToOne) {
  Distribution left, right, both;
  for (int i = 0; i < 500; ++i) {
    const double value = std::exp(i % 50 - 25);
    (i % 3 == 0 ? left : right).add(value);
    both.add(value);
  }
  left.merge(right);
  left.merge(Distribution());
  EXPECT_EQ(left.count(), both.count());
  EXPECT_EQ(left.min(), both.min());
  EXPECT_EQ(left.max(), both.max());
  EXPECT_EQ(left.percentile(70), both.percentile(70));
}

TEST(DistributionTest, SummariesTellNoQuantiles) {
  Distribution values;
  values.add_summary(10, 100, 1, 30);
  EXPECT_EQ(told("Average", values), 10);
  EXPECT_FALSE(value_of(*parse_statistic("p90"), values));
  Distribution same;
  same.add_summary(10, 50, 5, 5);
  EXPECT_EQ(told("p90", same), 5);
}

TEST(DistributionTest, StoredBucketsComeBackAndDamagedOnesDoNot) {
  Distribution values = one_to(1000);
  values.add(-2.5, 0.25);
  values.add(0, 7);
  const Bytes bytes = values.buckets();
  const auto back = Distribution::from(values.count(), values.sum(), values.min(), values.max(), bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->buckets(), bytes);
  EXPECT_EQ(back->percentile(90), values.percentile(90));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(Distribution::from(1, 1, 1, 1, ByteView(bytes).first(cut))) << cut;
}

TEST(StatisticTest, TrimmedOnes) {
  const Distribution values = one_to(100);
  EXPECT_NEAR(told("tm90", values), 45.5, 0.6);
  EXPECT_NEAR(told("TM(10%:90%)", values), 50.5, 0.6);
  EXPECT_NEAR(told("IQM", values), 50.5, 0.6);
  EXPECT_NEAR(told("tc90", values), 90, 1e-6);
  EXPECT_NEAR(told("TC(:50)", values), 50, 1);
  EXPECT_NEAR(told("PR(:50)", values), 50, 1);
  EXPECT_NEAR(told("PR(20:50)", values), 30, 2);
  EXPECT_NEAR(told("wm90", values), (45.5 * 90 + 90 * 10) / 100, 1);
  EXPECT_NEAR(told("ts90", values), 4095, 45);
  EXPECT_EQ(told("TM(0%:100%)", values), 50.5);
}

TEST(StatisticTest, WhatIsNoneIsRefused) {
  for (const char* text : {"", "average", "p", "p101", "p-1", "p1e1", "pinf", "P90", "TM()", "TM(:)", "TM(90%:10%)", "TM(10%:90)", "PR(10%:20%)", "tm(1:2)", "TM(1:2", "xx90", "pnan"})
    EXPECT_FALSE(parse_statistic(text)) << text;
  EXPECT_TRUE(parse_statistic("p99.99"));
}

}  // namespace
}  // namespace eyrie::monitor
