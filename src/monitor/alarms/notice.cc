#include "monitor/alarms/notice.h"

#include "aws/account.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "monitor/alarms/evaluation.h"

namespace eyrie::monitor {
namespace {

constexpr std::string_view kRegionName = "US East (N. Virginia)";
constexpr std::size_t kLongestSubject = 100;

std::string capitals(std::string text) {
  if (text == "SampleCount") return "SAMPLE_COUNT";
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

json::array json_of_actions(const std::vector<std::string>& actions) { return json::array(actions.begin(), actions.end()); }

json::array dimensions_of(const MetricKey& metric) {
  json::array made;
  for (const auto& [name, value] : metric.dimensions) made.push_back(json::object{{"value", value}, {"name", name}});
  return made;
}

json::value or_null(const std::optional<std::string>& text) { return text ? json::value(*text) : json::value(nullptr); }

json::object trigger_of(const AlarmDefinition& alarm) {
  json::object trigger;
  if (alarm.stat) {
    const MetricStat& stat = *alarm.stat;
    const bool simple = parse_statistic(stat.statistic).value_or(Statistic{}).is_simple();
    trigger["MetricName"] = stat.metric.name;
    trigger["Namespace"] = stat.metric.name_space;
    trigger["StatisticType"] = simple ? "Statistic" : "ExtendedStatistic";
    trigger[simple ? "Statistic" : "ExtendedStatistic"] = simple ? capitals(stat.statistic) : stat.statistic;
    trigger["Unit"] = or_null(stat.unit);
    trigger["Dimensions"] = dimensions_of(stat.metric);
  }
  trigger["Period"] = alarm.period_s();
  trigger["EvaluationPeriods"] = alarm.evaluation_periods;
  if (alarm.datapoints_to_alarm) trigger["DatapointsToAlarm"] = *alarm.datapoints_to_alarm;
  trigger["ComparisonOperator"] = name_of(alarm.comparison);
  trigger["Threshold"] = alarm.threshold;
  trigger["TreatMissingData"] = name_of(alarm.missing_data.value_or(MissingData::kMissing));
  trigger["EvaluateLowSampleCountPercentile"] = alarm.low_samples.value_or("");
  if (alarm.stat) return trigger;
  json::array metrics;
  for (const MetricQuery& query : alarm.queries) {
    json::object one{{"Id", query.id}};
    if (query.stat) {
      one["MetricStat"] = json::object{{"Metric", json::object{{"Dimensions", dimensions_of(query.stat->metric)}, {"MetricName", query.stat->metric.name}, {"Namespace", query.stat->metric.name_space}}},
                                       {"Period", query.stat->period_s},
                                       {"Stat", query.stat->statistic}};
    } else {
      one["Expression"] = query.expression;
    }
    if (query.label) one["Label"] = *query.label;
    one["ReturnData"] = query.returns;
    metrics.push_back(std::move(one));
  }
  trigger["Metrics"] = std::move(metrics);
  return trigger;
}

std::string message_of(const Alarm& alarm, const AlarmStanding& before) {
  const AlarmDefinition& definition = alarm.definition;
  return write_json(json::object{{"AlarmName", definition.name},
                                 {"AlarmDescription", or_null(definition.description)},
                                 {"AWSAccountId", aws::kAccount},
                                 {"AlarmConfigurationUpdatedTimestamp", alarm_time(alarm.configured_ms)},
                                 {"NewStateValue", name_of(alarm.standing.state)},
                                 {"NewStateReason", alarm.standing.reason},
                                 {"StateChangeTime", alarm_time(alarm.standing.updated_ms)},
                                 {"Region", kRegionName},
                                 {"AlarmArn", definition.arn()},
                                 {"OldStateValue", name_of(before.state)},
                                 {"OKActions", json_of_actions(definition.ok_actions)},
                                 {"AlarmActions", json_of_actions(definition.alarm_actions)},
                                 {"InsufficientDataActions", json_of_actions(definition.insufficient_data_actions)},
                                 {"Trigger", trigger_of(definition)}});
}

json::object event_state(const AlarmStanding& standing) {
  json::object made{{"value", name_of(standing.state)}, {"reason", standing.reason}};
  if (!standing.reason_data.empty()) made["reasonData"] = standing.reason_data;
  made["timestamp"] = alarm_time(standing.updated_ms);
  return made;
}

json::object event_metric(const std::string& id, const MetricStat& stat, bool returns) {
  return {{"id", id},
          {"metricStat", json::object{{"metric", json::object{{"namespace", stat.metric.name_space}, {"name", stat.metric.name}, {"dimensions", json_of(stat.metric.dimensions)}}},
                                      {"period", stat.period_s},
                                      {"stat", stat.statistic}}},
          {"returnData", returns}};
}

std::string event_of(const Alarm& alarm, const AlarmStanding& before) {
  const AlarmDefinition& definition = alarm.definition;
  json::array metrics;
  if (definition.stat) metrics.push_back(event_metric("m1", *definition.stat, true));
  for (const MetricQuery& query : definition.queries) {
    if (query.stat) {
      metrics.push_back(event_metric(query.id, *query.stat, query.returns));
    } else {
      metrics.push_back(json::object{{"id", query.id}, {"expression", query.expression}, {"label", query.label.value_or(query.id)}, {"returnData", query.returns}});
    }
  }
  json::object configuration{{"metrics", std::move(metrics)}};
  if (definition.description) configuration["description"] = *definition.description;
  return write_json(json::object{{"source", "aws.cloudwatch"},
                                 {"alarmArn", definition.arn()},
                                 {"accountId", aws::kAccount},
                                 {"time", alarm_time(alarm.standing.updated_ms)},
                                 {"region", aws::kRegion},
                                 {"alarmData", json::object{{"alarmName", definition.name},
                                                            {"state", event_state(alarm.standing)},
                                                            {"previousState", event_state(before)},
                                                            {"configuration", std::move(configuration)}}}});
}

}  // namespace

std::optional<AlarmNotice> notice_of(const Alarm& alarm, const AlarmStanding& before) {
  const auto& actions = alarm.definition.actions_for(alarm.standing.state);
  if (!alarm.definition.actions_enabled || actions.empty()) return std::nullopt;
  std::string subject = std::string(name_of(alarm.standing.state)) + ": \"" + alarm.definition.name + "\" in " + std::string(kRegionName);
  if (subject.size() > kLongestSubject) subject = std::string(whole_characters(subject, kLongestSubject - 3)) + "...";
  return AlarmNotice{.id = uuid_v4(), .made_ms = alarm.standing.updated_ms, .actions = actions, .subject = std::move(subject), .message = message_of(alarm, before), .event = event_of(alarm, before)};
}

}  // namespace eyrie::monitor
