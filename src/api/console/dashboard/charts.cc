// Lines over time: what functions did, and what waits.
#include "api/console/dashboard/dashboard.h"
#include "monitor/query/metric_queries.h"

namespace eyrie::api::console {
namespace {

using monitor::MetricQuery;

struct Row {
  const char* chart;
  const char* unit;
  const char* series;  // what it is called in the chart; "": it is only worked with
  const char* id;      // of the query
  const char* name_space;
  const char* metric;  // or
  const char* statistic;
  const char* expression;
};
// Of all functions together; levels of the queue as they were at their highest.
constexpr Row kRows[] = {
    {"invocations", "Count", "invocations", "i", "AWS/Lambda", "Invocations", "Sum", ""},
    {"invocations", "Count", "throttles", "t", "AWS/Lambda", "Throttles", "Sum", ""},
    {"errors", "Count", "errors", "e", "AWS/Lambda", "Errors", "Sum", ""},
    {"error-rate", "Percent", "error-rate", "r", "", "", "", "100 * e / i"},
    {"duration", "Milliseconds", "p50", "d50", "AWS/Lambda", "Duration", "p50", ""},
    {"duration", "Milliseconds", "p95", "d95", "AWS/Lambda", "Duration", "p95", ""},
    {"duration", "Milliseconds", "p99", "d99", "AWS/Lambda", "Duration", "p99", ""},
    {"queue", "Count", "ready", "ready", "Eyrie", "EventsReady", "Maximum", ""},
    {"queue", "Count", "leased", "leased", "Eyrie", "EventsLeased", "Maximum", ""},
    {"queue", "Count", "delayed", "delayed", "Eyrie", "EventsDelayed", "Maximum", ""},
    {"queue", "Count", "dead", "dead", "Eyrie", "EventsDead", "Maximum", ""},
    {"queue-age", "Milliseconds", "oldest", "oldest", "Eyrie", "OldestEventAge", "Maximum", ""},
};

MetricQuery query_of(const Row& row, std::int64_t period_s) {
  MetricQuery query{.id = row.id, .stat = {}, .expression = row.expression, .label = {}, .period_s = {}};
  if (query.expression.empty())
    query.stat = monitor::MetricStat{.metric = {.name_space = row.name_space, .name = row.metric},
                                     .period_s = period_s,
                                     .statistic = row.statistic,
                                     .unit = {}};
  return query;
}

}  // namespace

Result<std::vector<Chart>> charts_of(const monitor::TimeSeries& series, const Range& range) {
  std::vector<MetricQuery> queries;
  for (const Row& row : kRows) queries.push_back(query_of(row, range.period_s));
  EYRIE_TRY(auto answers,
            monitor::run_queries(
                queries, {.start_s = range.start_s, .end_s = range.end_s, .now_s = range.now_s}, series));
  std::vector<Chart> charts;
  for (const Row& row : kRows) {
    if (charts.empty() || charts.back().name != row.chart)
      charts.push_back({.name = row.chart, .unit = row.unit, .series = {}});
    Chart::Series& one = charts.back().series.emplace_back(Chart::Series{.name = row.series, .points = {}});
    for (monitor::QueryAnswer& answer : answers) {
      if (answer.id == row.id) one.points = std::move(answer.line.points);
    }
  }
  return charts;
}

Result<std::vector<std::pair<std::string, double>>> durations_of(const monitor::TimeSeries& series,
                                                                 const Range& range) {
  const std::int64_t minutes = (range.end_s - range.start_s + 59) / 60;
  EYRIE_TRY(const auto points, series.read({.metric = {.name_space = "AWS/Lambda", .name = "Duration"},
                                            .unit = {},
                                            .period_s = minutes * 60,
                                            .start_s = range.start_s,
                                            .end_s = range.end_s,
                                            .now_s = range.now_s}));
  std::vector<std::pair<std::string, double>> found;
  if (points.empty()) return found;
  for (const char* name : {"p50", "p95", "p99"}) {
    const auto value = monitor::value_of(*monitor::parse_statistic(name), points.front().values);
    if (value) found.emplace_back(name, *value);
  }
  return found;
}

}  // namespace eyrie::api::console
