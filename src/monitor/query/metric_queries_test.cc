#include "monitor/query/metric_queries.h"

#include <gtest/gtest.h>

#include <cmath>

#include "store/testing.h"

namespace eyrie::monitor {
namespace {

constexpr std::int64_t kStart = 1'800'000'000 - 1'800'000'000 % 3600;
constexpr std::int64_t kEnd = kStart + 5 * 60;

class MetricQueriesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto opened = TimeSeries::open(directory_.path() / "metrics.db", store_->records());
    ASSERT_TRUE(opened);
    series_ = std::move(*opened);
    put("errors", {1, std::nullopt, 3, 0, std::nullopt});
    put("invocations", {10, 20, 4, 0, std::nullopt});
  }
  void put(const std::string& name, const std::vector<std::optional<double>>& values) {
    std::int64_t time_s = kStart;
    for (const auto& value : values) {
      if (value) series_->recorder().add({.metric = {.name_space = "T", .name = name}}, *value, time_s + 3);
      time_s += 60;
    }
  }
  static MetricQuery metric(const std::string& id, const std::string& name, const std::string& statistic = "Sum", bool returns = false) {
    return {.id = id, .stat = MetricStat{.metric = {.name_space = "T", .name = name}, .period_s = 60, .statistic = statistic}, .returns = returns};
  }
  Result<std::vector<QueryAnswer>> run(const std::vector<MetricQuery>& queries, std::int64_t end_s = kEnd) {
    return run_queries(queries, {.start_s = kStart, .end_s = end_s, .now_s = kEnd}, *series_);
  }
  // The points of one expression over e (errors) and i (invocations): "0:1 2:75", minutes and values. An error: its words.
  std::string math(const std::string& expression) {
    const auto answers = run({metric("e", "errors"), metric("i", "invocations"), {.id = "x", .expression = expression}});
    if (!answers) return answers.error().message;
    std::string text;
    for (const QueryAnswer& answer : *answers) {
      if (!text.empty()) text += "| ";
      for (const auto& [time_s, value] : answer.line.points) text += std::to_string((time_s - kStart) / 60) + ":" + shown(value) + " ";
    }
    return text;
  }
  static std::string shown(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  }

  std::unique_ptr<TimeSeries> series_;
};

TEST_F(MetricQueriesTest, Operators) {
  EXPECT_EQ(math("100 * e / i"), "0:10 2:75 ");  // nothing where a point is missing, nor of a division by zero
  EXPECT_EQ(math("e+i*2-1"), "0:20 2:10 3:-1 ");
  EXPECT_EQ(math("-(e - 1) ^ 2"), "0:0 2:4 3:1 ");  // the sign is stronger: ((-2)^2)
  EXPECT_EQ(math("2 - 3 - 4 + e"), "0:-4 2:-2 3:-5 ");
  EXPECT_EQ(math("e >= 1 && i < 10"), "0:0 2:1 3:0 ");
  EXPECT_EQ(math("e > 2 OR i == 0"), "0:0 2:1 3:1 ");
  EXPECT_EQ(math("[e,i] / 2"), "0:0.5 2:1.5 3:0 | 0:5 1:10 2:2 3:0 ");
  EXPECT_EQ(math("[e,i] - e"), "0:0 2:0 3:0 | 0:9 2:1 3:0 ");
}

TEST_F(MetricQueriesTest, Functions) {
  EXPECT_EQ(math("FILL(e, 0)"), "0:1 1:0 2:3 3:0 4:0 ");
  EXPECT_EQ(math("FILL(e, REPEAT)"), "0:1 1:1 2:3 3:0 4:0 ");
  EXPECT_EQ(math("FILL(e, LINEAR)"), "0:1 1:2 2:3 3:0 ");
  EXPECT_EQ(math("FILL(e, i)"), "0:1 1:20 2:3 3:0 ");
  EXPECT_EQ(math("SUM([e, i])"), "0:11 1:20 2:7 3:0 ");
  EXPECT_EQ(math("SUM(METRICS())"), "0:11 1:20 2:7 3:0 ");
  EXPECT_EQ(math("MAX(METRICS(\"i\"))"), "0:10 1:20 2:4 3:0 ");
  EXPECT_EQ(math("avg([e, i])"), "0:5.5 1:20 2:3.5 3:0 ");
  EXPECT_EQ(math("e / MAX(e)"), "0:0.333333 2:1 3:0 ");
  EXPECT_EQ(math("TIME_SERIES(SUM(i) + MIN(i) + METRIC_COUNT(METRICS()))"), "0:36 1:36 2:36 3:36 4:36 ");
  EXPECT_EQ(math("IF(i > 5, e, 7)"), "0:1 2:7 3:7 ");
  EXPECT_EQ(math("IF(i > 5, i)"), "0:10 1:20 ");
  EXPECT_EQ(math("IF(1, e, i)"), "0:1 2:3 3:0 ");
  EXPECT_EQ(math("RATE(i) * PERIOD(i)"), "1:10 2:-16 3:-4 ");
  EXPECT_EQ(math("DIFF(e)"), "2:2 3:-3 ");
  EXPECT_EQ(math("DIFF_TIME(e)"), "2:120 3:60 ");
  EXPECT_EQ(math("RUNNING_SUM(e)"), "0:1 2:4 3:4 ");
  EXPECT_EQ(math("ABS(CEIL(-e / 2))"), "0:0 2:1 3:0 ");
  EXPECT_EQ(math("LAST([e, i])"), "0:10 1:20 2:4 3:0 ");
  EXPECT_EQ(math("LOG10(i * 10)"), "0:2 1:2.30103 2:1.60206 ");
}

TEST_F(MetricQueriesTest, WhatIsNoneSaysWhy) {
  for (const char* text : {"", "e +", "(e", "e)", "1 2", "[]", "FILL(e)", "SUM(1)", "SUM()", "NONE(e)", "e & i", "'e'", "REPEAT", "E", "e.i", "1e999", "[1, e]", "[e] + [i]", "y", "SEARCH('x', 'Sum')",
                           "TIME_SERIES(e)", "5", "SUM(e)", "IF([e], e)", "FIRST(e)"})
    EXPECT_TRUE(math(text).starts_with("Error in expression 'x': ")) << text << ": " << math(text);
  EXPECT_TRUE(math(std::string(2000, '(')).contains("nested"));
  EXPECT_TRUE(math("e" + std::string(300, '+') + "1").contains("nested"));
  std::string sum = "e";
  for (int i = 0; i < 300; ++i) sum += "+e";
  EXPECT_TRUE(math(sum).contains("nested"));
  EXPECT_TRUE(math(std::string(3000, ' ') + "e").contains("longer"));
}

TEST_F(MetricQueriesTest, ExpressionsRestOnEachOtherButNotOnThemselves) {
  auto answers = run({metric("e", "errors", "Sum", true), {.id = "twice", .expression = "2 * e", .returns = false}, {.id = "thrice", .expression = "twice + e", .label = "three"}});
  ASSERT_TRUE(answers) << answers.error().message;
  ASSERT_EQ(answers->size(), 2U);
  EXPECT_EQ((*answers)[0].line.label, "errors");
  EXPECT_EQ((*answers)[1].line.label, "three");
  EXPECT_EQ((*answers)[1].line.points[1].second, 9);
  EXPECT_FALSE(run({{.id = "a", .expression = "b"}, {.id = "b", .expression = "a + 1"}}));
  EXPECT_FALSE(run({metric("e", "errors"), metric("e", "errors")}));
  EXPECT_FALSE(run({metric("E", "errors")}));
  EXPECT_FALSE(run({metric("e", "errors", "Median")}));
}

TEST_F(MetricQueriesTest, WorkIsBounded) {
  std::vector<MetricQuery> queries{metric("e", "errors")};
  for (int i = 0; i < 400; ++i) queries.push_back({.id = "x" + std::to_string(i), .expression = "FILL(e, 0) + FILL(e, 1)"});
  const auto answers = run(queries, kStart + 15 * 86'400);
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code, Code::kTooLarge);
}

TEST_F(MetricQueriesTest, Periods) {
  for (const int period : {1, 5, 10, 20, 30, 60, 300, 3600, 86'400}) EXPECT_TRUE(is_period(period)) << period;
  for (const int period : {0, -60, 2, 45, 90, 86'460}) EXPECT_FALSE(is_period(period)) << period;
}

}  // namespace
}  // namespace eyrie::monitor
