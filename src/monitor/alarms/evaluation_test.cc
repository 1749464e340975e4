// The tables of CloudWatch's user guide, "Configuring how CloudWatch alarms treat missing data": 3 periods evaluated, 5 looked at.
#include "monitor/alarms/evaluation.h"

#include <gtest/gtest.h>

namespace eyrie::monitor {
namespace {

constexpr std::int64_t kEvaluated_ms = 1'795'948'800'000;  // 2026-11-29T10:40:00Z

AlarmDefinition definition(std::int64_t needed, std::optional<MissingData> missing, std::int64_t periods = 3) {
  return {.name = "a",
          .stat = MetricStat{.metric = {.name_space = "T", .name = "m"}, .period_s = 60, .statistic = "Sum"},
          .evaluation_periods = periods,
          .datapoints_to_alarm = needed,
          .threshold = 1,
          .comparison = Comparison::kGreater,
          .missing_data = missing};
}

// '0': fine, 'X': breaching, '-': missing; the newest last.
std::vector<Watched> row(const std::string& text) {
  std::vector<Watched> periods;
  std::int64_t time_s = kEvaluated_ms / 1000 - 60 * std::ssize(text);
  for (const char c : text) {
    periods.push_back({.time_s = time_s, .value = c == '-' ? std::nullopt : std::optional(c == 'X' ? 5.0 : 0.0), .samples = 2});
    time_s += 60;
  }
  return periods;
}

// Of missing, ignore, breaching, notBreaching: A, O, I (insufficient data), '=' (as it was).
std::string verdicts(const std::string& text, std::int64_t needed) {
  std::string found;
  for (const MissingData missing : {MissingData::kMissing, MissingData::kIgnore, MissingData::kBreaching, MissingData::kNotBreaching}) {
    const auto standing = judge(definition(needed, missing), row(text), kEvaluated_ms);
    found += !standing ? '=' : standing->state == AlarmState::kAlarm ? 'A' : standing->state == AlarmState::kOk ? 'O' : 'I';
  }
  return found;
}

TEST(EvaluationTest, ThreeOfThree) {
  EXPECT_EQ(verdicts("0-X-X", 3), "OOOO");
  EXPECT_EQ(verdicts("----0", 3), "OOOO");
  EXPECT_EQ(verdicts("-----", 3), "I=AO");
  EXPECT_EQ(verdicts("0XX-X", 3), "AAAA");
  EXPECT_EQ(verdicts("--X--", 3), "A=AO");
  EXPECT_EQ(verdicts("----X", 3), "==AO");  // not before it is certain
  EXPECT_EQ(verdicts("---X-", 3), "==AO");
  EXPECT_EQ(verdicts("0XXX", 3), "AAAA");
  EXPECT_EQ(verdicts("XXX0", 3), "OOOO");
}

TEST(EvaluationTest, TwoOfThree) {
  EXPECT_EQ(verdicts("0-X-X", 2), "AAAA");
  EXPECT_EQ(verdicts("00X0X", 2), "AAAA");
  EXPECT_EQ(verdicts("0-X--", 2), "OOAO");
  EXPECT_EQ(verdicts("----0", 2), "OOAO");
  EXPECT_EQ(verdicts("---X-", 2), "A=AO");
}

TEST(EvaluationTest, Comparisons) {
  for (const auto& [comparison, less, equal, greater] : {std::tuple{Comparison::kGreater, 'O', 'O', 'A'}, {Comparison::kGreaterOrEqual, 'O', 'A', 'A'}, {Comparison::kLess, 'A', 'O', 'O'}, {Comparison::kLessOrEqual, 'A', 'A', 'O'}}) {
    AlarmDefinition alarm = definition(1, std::nullopt, 1);
    alarm.comparison = comparison;
    for (const auto& [value, expected] : {std::pair{0.5, less}, {1.0, equal}, {2.0, greater}}) {
      const auto standing = judge(alarm, {{.time_s = kEvaluated_ms / 1000, .value = value}}, kEvaluated_ms);
      ASSERT_TRUE(standing);
      EXPECT_EQ(standing->state == AlarmState::kAlarm ? 'A' : 'O', expected) << name_of(comparison) << value;
      EXPECT_EQ(comparison_named(name_of(comparison)), comparison);
    }
  }
}

TEST(EvaluationTest, ReasonsAreWordedAsCloudWatchDoes) {
  const auto reason = [](const std::string& text, std::int64_t needed, std::int64_t periods, std::optional<MissingData> missing) { return judge(definition(needed, missing, periods), row(text), kEvaluated_ms)->reason; };
  EXPECT_EQ(reason("X", 1, 1, {}), "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (29/11/26 10:39:00)] was greater than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).");
  EXPECT_EQ(reason("0X0", 2, 3, {}), "Threshold Crossed: 2 out of the last 3 datapoints [0.0 (29/11/26 10:39:00), 0.0 (29/11/26 10:37:00)] were not greater than the threshold (1.0) (minimum 2 datapoints for ALARM -> OK transition).");
  EXPECT_EQ(reason("-", 1, 1, MissingData::kNotBreaching), "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].");
  EXPECT_EQ(reason("--", 2, 2, {}), "Insufficient Data: 2 datapoints were unknown.");
}

TEST(EvaluationTest, TheReasonsDataTellsThePeriods) {
  const auto data = parse_json(judge(definition(2, {}), row("00X0X"), kEvaluated_ms)->reason_data);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->at("startDate").as_string(), "2026-11-29T10:35:00.000+0000");
  EXPECT_EQ(data->at("statistic").as_string(), "Sum");
  EXPECT_EQ(data->at("period").as_int64(), 60);
  EXPECT_EQ(data->at("recentDatapoints").as_array().size(), 5U);
  EXPECT_EQ(write_json(data->at("evaluatedDatapoints").as_array()[0]), R"({"timestamp":"2026-11-29T10:39:00.000+0000","sampleCount":2,"value":5})");
  EXPECT_EQ(data->at("evaluatedDatapoints").as_array().size(), 3U);
}

}  // namespace
}  // namespace eyrie::monitor
