// The time that a dashboard shows, and how it is cut: never into more than kMostPeriods parts.
// Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace eyrie::api::console {

struct Range {
  std::int64_t start_s = 0, end_s = 0;  // seconds since 1970; the start is a multiple of the period
  std::int64_t period_s = 60;
  std::int64_t now_s = 0;
};

inline constexpr std::int64_t kMinute_s = 60, kHour_s = 3600, kDay_s = 86'400, kWeek_s = 7 * kDay_s;
inline constexpr std::int64_t kMostPeriods = 300;
// As long as time series are kept.
inline constexpr std::int64_t kLongestRange_s = 455 * kDay_s;

// Out of `from` and `to` (2026-11-24T10:18:21Z); without them the last 24 hours. kInvalidArgument: one is no
// time, or they are not 1 minute to 455 days apart, or begin in the future.
Result<Range> range_of(const std::optional<std::string>& from, const std::optional<std::string>& to,
                       std::int64_t now_s);

}  // namespace eyrie::api::console
