// Metric data queries: metrics with a statistic, and expressions over them, by ids.
//
//   run_queries({{.id = "e", .stat = MetricStat{...}, .returns = false}, {.id = "rate", .expression = "100 * e / i"}}, range, series)
//
// Source: CloudWatch API reference, "MetricDataQuery", "GetMetricData". Errors: kInvalidArgument in CloudWatch's words where they are known; kTooLarge; those of the store. Thread safety: pure functions.
#pragma once

#include <optional>
#include <set>

#include "monitor/query/evaluation.h"
#include "monitor/series/statistic.h"
#include "monitor/series/time_series.h"

namespace eyrie::monitor {

inline constexpr std::size_t kMostQueries = 500;
// That one request may read or make.
inline constexpr std::size_t kMostPoints = 4'000'000;

struct MetricStat {
  MetricKey metric;
  std::int64_t period_s = 60;
  std::string statistic;
  std::optional<std::string> unit;
};

struct MetricQuery {
  std::string id;
  std::optional<MetricStat> stat;  // or
  std::string expression;
  std::optional<std::string> label;
  std::optional<std::int64_t> period_s;  // of an expression
  bool returns = true;
};

// 1, 5, 10, 20, 30 or a multiple of 60, and not over a day.
bool is_period(std::int64_t period_s);

// Ids, expressions, references to what is not there or to itself, statistics: all that can be said without data.
Status check_queries(const std::vector<MetricQuery>& queries);

// Periods begin at multiples of themselves; the first is the one that the start lies in.
struct QueryRange {
  std::int64_t start_s = 0, end_s = 0, now_s = 0;
};
struct QueryAnswer {
  std::string id;
  Line line;  // its label too
};
// Of those that return data, in the order of `queries`; of an array each series. check_queries() is asked first.
Result<std::vector<QueryAnswer>> run_queries(const std::vector<MetricQuery>& queries, const QueryRange& range, const TimeSeries& series);

}  // namespace eyrie::monitor
