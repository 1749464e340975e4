// Alarms and their history, listed.
#include <algorithm>

#include "api/cloudwatch/operations.h"

namespace eyrie::api::cloudwatch {
namespace {

using monitor::Alarm;
using monitor::AlarmPtr;
using monitor::HistoryItem;

constexpr std::int64_t kMostRecords = 100, kUsualRecords = 50;

json::array json_of(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::object shown(const Alarm& alarm) {
  const monitor::AlarmDefinition& definition = alarm.definition;
  json::object made{{"AlarmName", definition.name}, {"AlarmArn", definition.arn()}};
  if (definition.description) made["AlarmDescription"] = *definition.description;
  made["AlarmConfigurationUpdatedTimestamp"] = seconds(alarm.configured_ms);
  made["ActionsEnabled"] = definition.actions_enabled;
  made["OKActions"] = json_of(definition.ok_actions);
  made["AlarmActions"] = json_of(definition.alarm_actions);
  made["InsufficientDataActions"] = json_of(definition.insufficient_data_actions);
  made["StateValue"] = monitor::name_of(alarm.standing.state);
  made["StateReason"] = alarm.standing.reason;
  if (!alarm.standing.reason_data.empty()) made["StateReasonData"] = alarm.standing.reason_data;
  made["StateUpdatedTimestamp"] = seconds(alarm.standing.updated_ms);
  made["StateTransitionedTimestamp"] = seconds(alarm.standing.updated_ms);
  if (definition.stat) {
    const monitor::MetricStat& stat = *definition.stat;
    const bool simple = monitor::parse_statistic(stat.statistic).value_or(monitor::Statistic{}).is_simple();
    made["MetricName"] = stat.metric.name;
    made["Namespace"] = stat.metric.name_space;
    made[simple ? "Statistic" : "ExtendedStatistic"] = stat.statistic;
    made["Dimensions"] = json_of_dimensions(stat.metric.dimensions);
    made["Period"] = stat.period_s;
    if (stat.unit) made["Unit"] = *stat.unit;
  } else {
    made["Dimensions"] = json::array();
    made["Metrics"] = json_of_queries(definition.queries);
  }
  made["EvaluationPeriods"] = definition.evaluation_periods;
  if (definition.datapoints_to_alarm) made["DatapointsToAlarm"] = *definition.datapoints_to_alarm;
  made["Threshold"] = definition.threshold;
  made["ComparisonOperator"] = monitor::name_of(definition.comparison);
  if (definition.missing_data) made["TreatMissingData"] = monitor::name_of(*definition.missing_data);
  if (definition.low_samples) made["EvaluateLowSampleCountPercentile"] = *definition.low_samples;
  return made;
}

struct AlarmFilter {
  std::vector<std::string> names;
  std::optional<std::string> prefix, action_prefix;
  std::optional<monitor::AlarmState> state;
  bool metric_alarms = true;

  bool takes(const Alarm& alarm) const {
    const monitor::AlarmDefinition& definition = alarm.definition;
    if (!metric_alarms || (state && alarm.standing.state != *state)) return false;
    if (!names.empty() && std::ranges::find(names, definition.name) == names.end()) return false;
    if (prefix && !definition.name.starts_with(*prefix)) return false;
    if (!action_prefix) return true;
    for (const auto* actions : {&definition.ok_actions, &definition.alarm_actions, &definition.insufficient_data_actions}) {
      if (std::ranges::any_of(*actions, [&](const std::string& action) { return action.starts_with(*action_prefix); })) return true;
    }
    return false;
  }
};

Wire<bool> wants_metric_alarms(const json::object& request) {
  EYRIE_TRY(const auto types, texts_member(request, "AlarmTypes", 10));
  for (const std::string& type : types) {
    if (type != "MetricAlarm" && type != "CompositeAlarm" && type != "LogAlarm") return validation("1 validation error detected: Value '" + type.substr(0, 64) + "' at 'alarmTypes' failed to satisfy constraint: Member must satisfy enum value set: [CompositeAlarm, MetricAlarm, LogAlarm]");
  }
  return types.empty() || std::ranges::find(types, "MetricAlarm") != types.end();
}

Wire<AlarmFilter> filter_of(const json::object& request) {
  AlarmFilter filter;
  EYRIE_TRY(filter.names, texts_member(request, "AlarmNames", monitor::Alarms::kMostAtOnce, 255));
  EYRIE_TRY(filter.prefix, text_member(request, "AlarmNamePrefix", 255));
  if (!filter.names.empty() && filter.prefix) return invalid_combination("AlarmNamePrefix and AlarmNames cannot be specified together");
  EYRIE_TRY(filter.action_prefix, text_member(request, "ActionPrefix"));
  EYRIE_TRY(const auto state, text_member(request, "StateValue"));
  if (state) {
    filter.state = monitor::state_named(*state);
    if (!filter.state) return validation("1 validation error detected: Value '" + state->substr(0, 64) + "' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]");
  }
  EYRIE_TRY(filter.metric_alarms, wants_metric_alarms(request));
  return filter;
}

Wire<std::size_t> page_size(const json::object& request) {
  EYRIE_TRY(const auto most, whole_member(request, "MaxRecords", 1, kMostRecords));
  return static_cast<std::size_t>(most.value_or(kUsualRecords));
}

json::object shown(const HistoryItem& item) {
  return {{"AlarmName", item.alarm}, {"AlarmType", "MetricAlarm"}, {"Timestamp", seconds(item.time_ms)}, {"HistoryItemType", item.type}, {"HistorySummary", item.summary}, {"HistoryData", item.data}};
}

}  // namespace

JsonResult describe_alarms(Backend& backend, const Call& call) {
  EYRIE_TRY(const AlarmFilter filter, filter_of(call.request));
  EYRIE_TRY(const std::size_t most, page_size(call.request));
  EYRIE_TRY(const auto after, page_member(call.request));
  json::array found;
  std::string last;
  bool more = false;
  for (const AlarmPtr& alarm : backend.alarms.alarms()) {
    if ((after && alarm->definition.name <= *after) || !filter.takes(*alarm)) continue;
    more = found.size() == most;
    if (more) break;
    found.push_back(shown(*alarm));
    last = alarm->definition.name;
  }
  json::object answer{{"MetricAlarms", std::move(found)}, {"CompositeAlarms", json::array()}};
  if (more) answer["NextToken"] = page_token(last);
  return answer;
}

JsonResult describe_alarms_for_metric(Backend& backend, const Call& call) {
  monitor::MetricKey metric;
  EYRIE_TRY(metric.name, required_text(call.request, "MetricName"));
  EYRIE_TRY(metric.name_space, required_text(call.request, "Namespace"));
  EYRIE_TRY(metric.dimensions, dimensions_member(call.request));
  EYRIE_TRY(const auto period, whole_member(call.request, "Period", 1, monitor::kDay_s));
  EYRIE_TRY(const auto unit, unit_member(call.request));
  EYRIE_TRY(const auto simple, text_member(call.request, "Statistic"));
  EYRIE_TRY(const auto extended, text_member(call.request, "ExtendedStatistic"));
  json::array found;
  for (const AlarmPtr& alarm : backend.alarms.alarms()) {
    const auto& stat = alarm->definition.stat;
    if (!stat || stat->metric != metric || (period && stat->period_s != *period) || (unit && stat->unit != unit)) continue;
    if ((simple && stat->statistic != *simple) || (extended && stat->statistic != *extended)) continue;
    found.push_back(shown(*alarm));
  }
  return json::object{{"MetricAlarms", std::move(found)}};
}

JsonResult describe_alarm_history(Backend& backend, const Call& call) {
  const json::object& request = call.request;
  EYRIE_TRY(const auto name, text_member(request, "AlarmName", 255));
  EYRIE_TRY(const auto type, text_member(request, "HistoryItemType"));
  if (type && *type != "ConfigurationUpdate" && *type != "StateUpdate" && *type != "Action") return validation("1 validation error detected: Value '" + type->substr(0, 64) + "' at 'historyItemType' failed to satisfy constraint: Member must satisfy enum value set: [Action, ConfigurationUpdate, StateUpdate]");
  EYRIE_TRY(const auto start, time_member(request, "StartDate"));
  EYRIE_TRY(const auto end, time_member(request, "EndDate"));
  EYRIE_TRY(const auto order, text_member(request, "ScanBy"));
  EYRIE_TRY(const std::size_t most, page_size(request));
  EYRIE_TRY(const auto after, page_member(request));
  EYRIE_TRY(const bool metric_alarms, wants_metric_alarms(request));
  const bool forward = order == "TimestampAscending";
  auto items = backend.alarms.history([&](const HistoryItem& item) {
    return metric_alarms && (!name || item.alarm == *name) && (!type || item.type == *type) && (!start || item.time_ms >= *start) && (!end || item.time_ms < *end) &&
           (!after || (forward ? item.id > *after : item.id < *after));
  });
  if (!forward) std::ranges::reverse(items);
  json::array found;
  for (std::size_t i = 0; i < std::min(most, items.size()); ++i) found.push_back(shown(items[i]));
  json::object answer{{"AlarmHistoryItems", std::move(found)}};
  if (items.size() > most) answer["NextToken"] = page_token(items[most - 1].id);
  return answer;
}

}  // namespace eyrie::api::cloudwatch
