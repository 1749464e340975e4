// An alarm: what it watches, when it fires, whom it tells, and how it stands. Plain values; as it is kept: docs/formats.md.
// Source: CloudWatch API reference, "PutMetricAlarm", "MetricAlarm".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "monitor/query/metric_queries.h"
#include "store/record_store.h"

namespace eyrie::monitor {

enum class Comparison { kGreaterOrEqual, kGreater, kLess, kLessOrEqual };
enum class MissingData { kMissing, kBreaching, kNotBreaching, kIgnore };
enum class AlarmState { kInsufficientData, kOk, kAlarm };

// As CloudWatch writes them; nullopt where it is none.
std::string_view name_of(Comparison comparison);
std::string_view name_of(MissingData missing);
std::string_view name_of(AlarmState state);
std::optional<Comparison> comparison_named(std::string_view name);
std::optional<MissingData> missing_data_named(std::string_view name);
std::optional<AlarmState> state_named(std::string_view name);

struct AlarmDefinition {
  std::string name;
  std::optional<std::string> description;
  bool actions_enabled = true;
  std::vector<std::string> ok_actions, alarm_actions, insufficient_data_actions;  // ARNs
  std::optional<MetricStat> stat;    // or
  std::vector<MetricQuery> queries;  // one of which returns data
  std::int64_t evaluation_periods = 1;
  std::optional<std::int64_t> datapoints_to_alarm;  // absent: all of them
  double threshold = 0;
  Comparison comparison = Comparison::kGreater;
  std::optional<MissingData> missing_data;  // absent: as kMissing
  std::optional<std::string> low_samples;   // EvaluateLowSampleCountPercentile: evaluate, ignore
  std::map<std::string, std::string> tags;

  std::string arn() const;
  std::int64_t period_s() const;
  std::int64_t needed() const { return datapoints_to_alarm.value_or(evaluation_periods); }
  const std::vector<std::string>& actions_for(AlarmState state) const;
};

struct AlarmStanding {
  AlarmState state = AlarmState::kInsufficientData;
  std::string reason = "Unchecked: Initial alarm creation";
  std::string reason_data;       // JSON; empty: none
  std::int64_t updated_ms = 0;
};

// What a change of state has yet to do. It is written with the change, and removed as it is done.
struct AlarmNotice {
  std::string id;                    // UUID
  std::int64_t made_ms = 0;
  std::vector<std::string> actions;  // ARNs that are to be told
  std::string subject, message;      // to topics
  std::string event;                 // to functions
};

struct Alarm {
  AlarmDefinition definition;
  AlarmStanding standing;
  std::int64_t configured_ms = 0;
  std::vector<AlarmNotice> notices;
};

std::string write_alarm(const Alarm& alarm);
Result<Alarm> read_alarm(const store::Record& record);  // kCorrupt

// arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME, and the name in one; nullopt where it is none of this account.
std::string alarm_arn(std::string_view name);
std::optional<std::string> alarm_of_arn(std::string_view arn);

}  // namespace eyrie::monitor
