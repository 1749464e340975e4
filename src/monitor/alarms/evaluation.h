// Whether an alarm fires: M of N periods, and what missing ones mean.
//
// More periods are looked at than the alarm evaluates (kExtraPeriods), so that late or missing values do not decide: where at least N of them have values, the newest N decide;
// else missing ones count as the alarm says, as few as possible. Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", with its
// tables; reasons as CloudWatch words them. Thread safety: pure functions.
#pragma once

#include "monitor/alarms/alarm.h"

namespace eyrie::monitor {

inline constexpr std::int64_t kExtraPeriods = 2;

struct Watched {
  std::int64_t time_s = 0;       // the period's begin
  std::optional<double> value;   // absent: missing
  double samples = 0;            // of a metric
};

// `periods`: the newest last. nullopt: it stays as it is.
std::optional<AlarmStanding> judge(const AlarmDefinition& alarm, const std::vector<Watched>& periods, std::int64_t now_ms);

// {"version":"1.0","queryDate":...}
std::string reason_data(const AlarmDefinition& alarm, const std::vector<Watched>& periods, std::int64_t now_ms);

// As AWS's messages and reasons write times: 2026-11-24T10:18:21.000+0000.
std::string alarm_time(std::int64_t ms);
// 5.0, not 5.
std::string with_point(double value);

}  // namespace eyrie::monitor
