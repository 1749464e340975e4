#include "monitor/alarms/alarms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace eyrie::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kTopic = "arn:aws:sns:us-east-1:000000000000:alarms";
constexpr const char* kOther = "arn:aws:sns:us-east-1:000000000000:others";
constexpr const char* kRollback = "arn:aws:automate:us-east-1:lambda:rollback:f:live";

// Notes what was done; fails as it is told to.
class NotedActions final : public AlarmActions {
 public:
  bool takes(const std::string& arn) const override { return arn.starts_with("arn:aws:sns:"); }
  bool repeats(const std::string& arn) const override { return arn == kRollback; }
  Status act(const std::string& arn, const AlarmNotice& notice, const std::string& alarm_arn) override {
    tried.push_back(arn);
    if (arn == kRollback && is_rolled_back) return fail(Code::kNotFound, "nothing to go back to");
    if (failing) return fail(*failing, "it fails");
    done.push_back({arn, notice, alarm_arn});
    return {};
  }

  struct Done {
    std::string arn;
    AlarmNotice notice;
    std::string alarm_arn;
  };
  std::vector<std::string> tried;
  std::vector<Done> done;
  std::optional<Code> failing;
  bool is_rolled_back = false;
};

class AlarmsTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto opened = TimeSeries::open(folder_.path() / "metrics.db", store_->records());
    ASSERT_TRUE(opened);
    series_ = std::move(*opened);
    open_again();
  }
  void open_again() {
    alarms_.reset();
    auto opened = Alarms::open(store_->records(), *series_, actions_, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    alarms_ = std::move(*opened);
  }
  static AlarmDefinition definition(const std::string& name = "errors") {
    return {.name = name,
            .ok_actions = {kOther},
            .alarm_actions = {kTopic, kOther},
            .stat = MetricStat{.metric = kMetric, .period_s = 60, .statistic = "Sum"},
            .threshold = 1,
            .missing_data = MissingData::kNotBreaching};
  }
  void put(const AlarmDefinition& alarm) {
    const Status put = alarms_->put(alarm);
    ASSERT_TRUE(put) << put.error().message;
  }
  // A value now; then its minute passes.
  void minute_with(double value) {
    series_->recorder().add({.metric = kMetric}, value, clock_.now_ms() / 1000);
    clock_.advance_ms(60'000);
    alarms_->tick();
  }
  AlarmState state(const std::string& name = "errors") { return (*alarms_->find(name))->standing.state; }
  std::vector<std::string> summaries() {
    std::vector<std::string> found;
    for (const HistoryItem& item : alarms_->history([](const HistoryItem&) { return true; })) found.push_back(item.summary);
    return found;
  }

  inline static const MetricKey kMetric{.name_space = "T", .name = "m"};
  TemporaryDirectory folder_;
  std::unique_ptr<TimeSeries> series_;
  NotedActions actions_;
  std::unique_ptr<Alarms> alarms_;
};

TEST_F(AlarmsTest, FiresOnceAndIsOverOnce) {
  put(definition());
  minute_with(0);
  EXPECT_EQ(state(), AlarmState::kOk);
  ASSERT_EQ(actions_.done.size(), 1U);
  minute_with(7);
  minute_with(8);
  EXPECT_EQ(state(), AlarmState::kAlarm);
  EXPECT_THAT(actions_.tried, ElementsAre(kOther, kTopic, kOther));
  const AlarmNotice& notice = actions_.done[1].notice;
  EXPECT_EQ(notice.subject, "ALARM: \"errors\" in US East (N. Virginia)");
  EXPECT_EQ(notice.id, actions_.done[2].notice.id);
  const auto message = parse_json(notice.message);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->at("OldStateValue").as_string(), "OK");
  EXPECT_EQ(message->at("NewStateValue").as_string(), "ALARM");
  EXPECT_EQ(message->at("AlarmArn").as_string(), "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors");
  EXPECT_EQ(message->at("Trigger").at("Statistic").as_string(), "SUM");
  EXPECT_TRUE(parse_json(notice.event)->at("alarmData").at("previousState").at("value").as_string() == "OK");
  minute_with(1);
  for (int i = 0; i < 3; ++i) minute_with(0);
  EXPECT_EQ(state(), AlarmState::kOk);
  EXPECT_EQ(actions_.done.size(), 4U);
  EXPECT_THAT(summaries(), testing::Contains("Alarm updated from OK to ALARM").Times(1));
  EXPECT_THAT(summaries(), testing::Contains(std::string("Successfully executed action ") + kTopic).Times(1));
}

TEST_F(AlarmsTest, StateAndWhatIsToBeDoneSurviveARestart) {
  put(definition());
  actions_.failing = Code::kUnavailable;
  minute_with(5);
  EXPECT_EQ(state(), AlarmState::kAlarm);
  EXPECT_THAT(actions_.done, IsEmpty());
  open_again();
  EXPECT_EQ(state(), AlarmState::kAlarm);
  const std::string id = (*alarms_->find("errors"))->notices.front().id;
  actions_.failing = std::nullopt;
  alarms_->tick();
  ASSERT_EQ(actions_.done.size(), 2U);
  EXPECT_EQ(actions_.done[0].notice.id, id);
  EXPECT_THAT((*alarms_->find("errors"))->notices, IsEmpty());
  open_again();
  alarms_->tick();
  EXPECT_EQ(actions_.done.size(), 2U);
  EXPECT_EQ(summaries().size(), 4U);
}

TEST_F(AlarmsTest, WhatCannotHelpIsTriedOnce) {
  put(definition());
  actions_.failing = Code::kNotFound;
  minute_with(5);
  alarms_->tick();
  EXPECT_EQ(actions_.tried.size(), 2U);
  EXPECT_THAT(summaries(), testing::Contains(std::string("Failed to execute action ") + kTopic));
  EXPECT_EQ(state(), AlarmState::kAlarm);
}

TEST_F(AlarmsTest, WhatFailsForNowIsTriedForAnHour) {
  put(definition());
  actions_.failing = Code::kIo;
  minute_with(5);
  minute_with(5);
  EXPECT_FALSE((*alarms_->find("errors"))->notices.empty());
  clock_.advance_ms(3'700'000);
  alarms_->tick();
  const auto alarm = *alarms_->find("errors");
  for (const AlarmNotice& notice : alarm->notices) EXPECT_TRUE(parse_json(notice.message)->at("NewStateValue").as_string() == "OK");  // of since then alone
}

TEST_F(AlarmsTest, DisabledActionsAreNotDone) {
  AlarmDefinition alarm = definition();
  alarm.actions_enabled = false;
  put(alarm);
  minute_with(5);
  EXPECT_EQ(state(), AlarmState::kAlarm);
  EXPECT_THAT(actions_.tried, IsEmpty());
  ASSERT_TRUE(alarms_->enable_actions({"errors", "not there"}, true));
  for (int i = 0; i < 4; ++i) minute_with(0);
  EXPECT_THAT(actions_.tried, ElementsAre(kOther));
}

TEST_F(AlarmsTest, ARollbackIsAskedForAgainWhileTheAlarmStands) {
  AlarmDefinition alarm = definition();
  alarm.alarm_actions = {kTopic, kRollback};
  put(alarm);
  minute_with(5);
  EXPECT_THAT(actions_.tried, ElementsAre(kTopic, kRollback));
  actions_.is_rolled_back = true;
  minute_with(5);
  alarms_->tick();  // no evaluation
  EXPECT_EQ(state(), AlarmState::kAlarm);
  EXPECT_THAT(actions_.tried, ElementsAre(kTopic, kRollback, kRollback));
  const auto told = summaries();
  // The next deployment.
  actions_.is_rolled_back = false;
  minute_with(5);
  EXPECT_THAT(actions_.tried, ElementsAre(kTopic, kRollback, kRollback, kRollback));
  EXPECT_NE(actions_.done[1].notice.id, actions_.done[2].notice.id);
  EXPECT_EQ(summaries().size(), told.size() + 1);
  EXPECT_THAT(summaries(), testing::Contains(std::string("Successfully executed action ") + kRollback).Times(2));
  ASSERT_TRUE(alarms_->enable_actions({"errors"}, false));
  minute_with(5);
  EXPECT_EQ(actions_.tried.size(), 4U);
  ASSERT_TRUE(alarms_->enable_actions({"errors"}, true));
  for (int i = 0; i < 4; ++i) minute_with(0);
  EXPECT_EQ(state(), AlarmState::kOk);
  EXPECT_EQ(actions_.tried.back(), kOther);
}

TEST_F(AlarmsTest, ARollbackWithNothingToGoBackToFailsOnce) {
  AlarmDefinition alarm = definition();
  alarm.alarm_actions = {kRollback};
  put(alarm);
  actions_.is_rolled_back = true;
  for (int i = 0; i < 3; ++i) minute_with(5);
  EXPECT_EQ(actions_.tried.size(), 3U);
  const auto items = alarms_->history([](const HistoryItem& item) { return item.type == "Action"; });
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].summary, std::string("Failed to execute action ") + kRollback);
  EXPECT_EQ(parse_json(items[0].data)->at("error").as_string(), "nothing to go back to");
}

TEST_F(AlarmsTest, ARollbackThatIsStillToBeDoneIsNotAskedForTwice) {
  AlarmDefinition alarm = definition();
  alarm.alarm_actions = {kRollback};
  put(alarm);
  actions_.failing = Code::kUnavailable;
  minute_with(5);
  minute_with(5);
  EXPECT_EQ(actions_.tried.size(), 2U);  // a tick each
  actions_.failing = std::nullopt;
  alarms_->tick();
  ASSERT_EQ(actions_.done.size(), 1U);
}

TEST_F(AlarmsTest, ExpressionsFireToo) {
  AlarmDefinition alarm = definition("rate");
  alarm.queries = {{.id = "e", .stat = alarm.stat, .returns = false}, {.id = "rate", .expression = "100 * e / 50"}};
  alarm.stat.reset();
  alarm.threshold = 10;
  put(alarm);
  open_again();
  minute_with(4);
  EXPECT_EQ(state("rate"), AlarmState::kOk);
  minute_with(6);
  EXPECT_EQ(state("rate"), AlarmState::kAlarm);
  EXPECT_EQ(parse_json(actions_.done.back().notice.message)->at("Trigger").at("Metrics").as_array().size(), 2U);
}

TEST_F(AlarmsTest, ASetStateLastsUntilTheNextEvaluation) {
  put(definition());
  minute_with(0);
  ASSERT_TRUE(alarms_->set_state("errors", AlarmState::kAlarm, "a drill", R"({"a":1})"));
  alarms_->tick();
  EXPECT_EQ(state(), AlarmState::kAlarm);
  EXPECT_EQ((*alarms_->find("errors"))->standing.reason, "a drill");
  EXPECT_EQ(actions_.done.size(), 3U);
  minute_with(0);
  EXPECT_EQ(state(), AlarmState::kOk);
  EXPECT_EQ(alarms_->set_state("none", AlarmState::kOk, "", "").error().code, Code::kNotFound);
}

TEST_F(AlarmsTest, PutAgainKeepsStateAndTagsAndRemovedOnesAreGone) {
  AlarmDefinition alarm = definition();
  alarm.tags = {{"a", "b"}};
  put(alarm);
  minute_with(5);
  AlarmDefinition other = definition();
  other.threshold = 100;
  put(other);
  EXPECT_EQ(state(), AlarmState::kAlarm);
  EXPECT_EQ((*alarms_->find("errors"))->definition.tags, alarm.tags);
  alarms_->tick();
  EXPECT_EQ(state(), AlarmState::kOk);  // by its new threshold
  put(definition("second"));
  EXPECT_FALSE(alarms_->remove({"second", "none"}));
  EXPECT_TRUE(alarms_->find("second"));
  ASSERT_TRUE(alarms_->remove({"second", "errors"}));
  open_again();
  EXPECT_THAT(alarms_->alarms(), IsEmpty());
  EXPECT_THAT(summaries(), testing::Contains("Alarm \"second\" deleted"));
}

TEST_F(AlarmsTest, TheHistoryIsBounded) {
  put(definition());
  for (int i = 0; i < 120; ++i) {
    ASSERT_TRUE(alarms_->set_state("errors", i % 2 == 0 ? AlarmState::kOk : AlarmState::kAlarm, std::to_string(i), ""));
    clock_.advance_ms(10);
  }
  EXPECT_EQ(summaries().size(), AlarmHistory::kMostOfAlarm);
  open_again();
  const auto kept = alarms_->history([](const HistoryItem&) { return true; });
  EXPECT_EQ(kept.size(), AlarmHistory::kMostOfAlarm);
  EXPECT_TRUE(kept.back().data.contains("119"));
}

}  // namespace
}  // namespace eyrie::monitor
