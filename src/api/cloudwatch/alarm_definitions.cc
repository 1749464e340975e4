// Alarms made, changed and removed.
#include <algorithm>
#include <cmath>

#include "api/cloudwatch/operations.h"

namespace eyrie::api::cloudwatch {
namespace {

using monitor::AlarmDefinition;
using monitor::MetricQuery;

constexpr std::size_t kMostActions = 5, kMostInAlarm = 20;
constexpr std::int64_t kLongestWindow_s = monitor::kDay_s, kLongestWindowOfHours_s = 7 * monitor::kDay_s;

// The words for a value outside an enumeration.
std::unexpected<aws::WireError> not_in_set(const std::string& value, const std::string& member, const std::string& set) {
  return validation("1 validation error detected: Value '" + value.substr(0, 256) + "' at '" + member + "' failed to satisfy constraint: Member must satisfy enum value set: [" + set + "]");
}

Wire<std::vector<std::string>> actions_of(const Backend& backend, const json::object& request, std::string_view name) {
  EYRIE_TRY(auto actions, texts_member(request, name, kMostActions));
  for (const std::string& action : actions) {
    if (!action.starts_with("arn:")) return validation("Invalid arn syntax: " + action);
    if (!backend.actions.takes(action)) return validation("Unsupported action, or one that is not implemented here: " + action);
  }
  return actions;
}

// Statistic or ExtendedStatistic.
Wire<std::string> statistic_of(const json::object& request) {
  EYRIE_TRY(const auto simple, text_member(request, "Statistic", 64));
  EYRIE_TRY(const auto extended, text_member(request, "ExtendedStatistic", 64));
  if (simple && extended) return invalid_combination("Statistic and ExtendedStatistic cannot be specified together");
  if (!simple && !extended) return missing("Statistic");
  const auto parsed = monitor::parse_statistic(simple ? *simple : *extended);
  if (simple && (!parsed || !parsed->is_simple())) return not_in_set(*simple, "statistic", "Maximum, SampleCount, Sum, Average, Minimum");
  if (extended && (!parsed || parsed->is_simple())) return validation("The value " + *extended + " for parameter ExtendedStatistic is not supported.");
  return simple ? *simple : *extended;
}

Wire<monitor::MetricStat> stat_of(const json::object& request) {
  monitor::MetricStat stat;
  EYRIE_TRY(stat.metric.name, required_text(request, "MetricName"));
  EYRIE_TRY(stat.metric.name_space, required_text(request, "Namespace"));
  EYRIE_TRY(stat.metric.dimensions, dimensions_member(request));
  EYRIE_TRY(const auto period, whole_member(request, "Period", 1, monitor::kDay_s));
  if (!period) return missing("Period");
  if (!monitor::is_period(*period) || *period < 10) return validation("Metric period must be 10, 20, 30 or a multiple of 60");
  stat.period_s = *period;
  EYRIE_TRY(stat.statistic, statistic_of(request));
  EYRIE_TRY(stat.unit, unit_member(request));
  return stat;
}

Wire<std::vector<MetricQuery>> alarm_queries(const json::object& request) {
  for (const char* other : {"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit"}) {
    if (const json::value* value = request.if_contains(other); value != nullptr && !value->is_null())
      return validation("The parameter " + std::string(other) + " is not supported when Metrics is specified.");
  }
  EYRIE_TRY(auto queries, queries_member(request, "Metrics"));
  if (queries.size() > kMostInAlarm) return validation("The collection Metrics must not have a size greater than " + std::to_string(kMostInAlarm) + ".");
  if (std::ranges::count_if(queries, &MetricQuery::returns) != 1) return validation("Exactly one element of the metrics list should return data.");
  std::optional<std::int64_t> period;
  for (const MetricQuery& query : queries) {
    const auto own = query.stat ? std::optional(query.stat->period_s) : query.period_s;
    if (own && period && *own != *period) return validation("All metrics in the Metrics list must have the same period.");
    if (own) period = own;
    if (own && *own < 10) return validation("Metric period must be 10, 20, 30 or a multiple of 60");
  }
  if (std::ranges::none_of(queries, [](const MetricQuery& query) { return query.stat.has_value(); })) return validation("Metrics list must contain at least one metric.");
  return queries;
}

Wire<void> read_condition(const json::object& request, AlarmDefinition& alarm) {
  EYRIE_TRY(const auto periods, whole_member(request, "EvaluationPeriods", 1, kLongestWindowOfHours_s / 10));
  if (!periods) return missing("EvaluationPeriods");
  alarm.evaluation_periods = *periods;
  EYRIE_TRY(alarm.datapoints_to_alarm, whole_member(request, "DatapointsToAlarm", 1, kLongestWindowOfHours_s / 10));
  if (alarm.needed() > *periods) return validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  const std::int64_t period = alarm.period_s(), window = *periods * period;
  if (window > (period >= monitor::kHour_s ? kLongestWindowOfHours_s : kLongestWindow_s))
    return validation("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400), or seven days where Period is at least 3600.");
  EYRIE_TRY(const auto comparison, text_member(request, "ComparisonOperator"));
  if (!comparison) return missing("ComparisonOperator");
  const auto named = monitor::comparison_named(*comparison);
  if (!named)
    return not_in_set(*comparison, "comparisonOperator", "GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold");
  alarm.comparison = *named;
  if (request.contains("ThresholdMetricId")) return validation("ThresholdMetricId: there are no anomaly detection bands here.");
  EYRIE_TRY(const auto threshold, real_member(request, "Threshold"));
  if (!threshold) return missing("Threshold");
  if (!std::isfinite(*threshold)) return validation("Threshold must be a finite number.");
  alarm.threshold = *threshold;
  EYRIE_TRY(const auto missing_data, text_member(request, "TreatMissingData"));
  if (missing_data) {
    alarm.missing_data = monitor::missing_data_named(*missing_data);
    if (!alarm.missing_data) return validation("The value '" + missing_data->substr(0, 64) + "' for TreatMissingData must be one of breaching, notBreaching, ignore, missing.");
  }
  EYRIE_TRY(alarm.low_samples, text_member(request, "EvaluateLowSampleCountPercentile"));
  if (alarm.low_samples && *alarm.low_samples != "evaluate" && *alarm.low_samples != "ignore") return validation("Option '" + alarm.low_samples->substr(0, 64) + "' must be evaluate or ignore.");
  return {};
}

Wire<std::vector<std::string>> alarm_names(const json::object& request) {
  EYRIE_TRY(auto names, texts_member(request, "AlarmNames", monitor::Alarms::kMostAtOnce, 255));
  if (names.empty()) return missing("AlarmNames");
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

JsonResult switch_actions(Backend& backend, const Call& call, bool enabled) {
  EYRIE_TRY(const auto names, alarm_names(call.request));
  EYRIE_CHECK_OK(wire(backend.alarms.enable_actions(names, enabled)));
  return json::object();
}

}  // namespace

JsonResult put_metric_alarm(Backend& backend, const Call& call) {
  const json::object& request = call.request;
  AlarmDefinition alarm;
  EYRIE_TRY(alarm.name, required_text(request, "AlarmName"));
  if (std::ranges::any_of(alarm.name, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) return validation("AlarmName must not have control characters.");
  EYRIE_TRY(alarm.description, text_member(request, "AlarmDescription"));
  EYRIE_TRY(const auto enabled, flag_member(request, "ActionsEnabled"));
  alarm.actions_enabled = enabled.value_or(true);
  EYRIE_TRY(alarm.ok_actions, actions_of(backend, request, "OKActions"));
  EYRIE_TRY(alarm.alarm_actions, actions_of(backend, request, "AlarmActions"));
  EYRIE_TRY(alarm.insufficient_data_actions, actions_of(backend, request, "InsufficientDataActions"));
  for (const char* other : {"EvaluationCriteria", "EvaluationWindow", "EvaluationInterval"}) {
    if (request.contains(other)) return validation(std::string(other) + " is not implemented here.");
  }
  const json::value* metrics = request.if_contains("Metrics");
  if (metrics != nullptr && metrics->is_array() && !metrics->get_array().empty()) {
    EYRIE_TRY(alarm.queries, alarm_queries(request));
  } else {
    EYRIE_TRY(alarm.stat, stat_of(request));
  }
  EYRIE_CHECK_OK(read_condition(request, alarm));
  EYRIE_TRY(alarm.tags, tags_member(request));
  EYRIE_CHECK_OK(wire(backend.alarms.put(std::move(alarm))));
  return json::object();
}

JsonResult delete_alarms(Backend& backend, const Call& call) {
  EYRIE_TRY(const auto names, alarm_names(call.request));
  EYRIE_CHECK_OK(wire(backend.alarms.remove(names)));
  return json::object();
}

JsonResult enable_alarm_actions(Backend& backend, const Call& call) { return switch_actions(backend, call, true); }
JsonResult disable_alarm_actions(Backend& backend, const Call& call) { return switch_actions(backend, call, false); }

JsonResult set_alarm_state(Backend& backend, const Call& call) {
  EYRIE_TRY(const std::string name, required_text(call.request, "AlarmName"));
  EYRIE_TRY(const std::string value, required_text(call.request, "StateValue"));
  EYRIE_TRY(const auto reason, text_member(call.request, "StateReason", 1023));
  if (!reason) return missing("StateReason");
  EYRIE_TRY(const auto data, text_member(call.request, "StateReasonData", 4000));
  const auto state = monitor::state_named(value);
  if (!state) return not_in_set(value, "stateValue", "INSUFFICIENT_DATA, ALARM, OK");
  if (data && !data->empty() && !parse_json(*data)) return refuse("InvalidFormatFault", "StateReasonData is not valid JSON.");
  EYRIE_CHECK_OK(wire(backend.alarms.set_state(name, *state, *reason, data.value_or(""))));
  return json::object();
}

}  // namespace eyrie::api::cloudwatch
