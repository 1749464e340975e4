// CloudWatch's statistics: what is told of the values of a period.
//
//   Average Sum SampleCount Minimum Maximum, p95, tm90 wm90 tc90 ts90 (the lowest 90 per cent), TM(10%:90%) TM(100:2000) TM(:500), WM TC TS, PR(100:2000), IQM
//
// Percentiles and what rests on them are as near as distribution.h says. Source: CloudWatch user guide, "CloudWatch statistics definitions".
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "monitor/series/distribution.h"

namespace eyrie::monitor {

struct Statistic {
  enum class Kind { kAverage, kSum, kSampleCount, kMinimum, kMaximum, kPercentile, kTrimmedMean, kWinsorizedMean, kTrimmedCount, kTrimmedSum, kPercentileRank };

  Kind kind = Kind::kAverage;
  bool by_value = false;             // the bounds are values, else per cent
  std::optional<double> low, high;   // of what is looked at; absent: no bound

  // One of the five that GetMetricStatistics and alarms take as Statistic.
  bool is_simple() const { return kind <= Kind::kMaximum; }
};

std::optional<Statistic> parse_statistic(std::string_view text);

// nullopt: the values do not tell it.
std::optional<double> value_of(const Statistic& statistic, const Distribution& values);

}  // namespace eyrie::monitor
