#include "monitor/query/metric_queries.h"

#include <algorithm>

#include "monitor/query/functions.h"

namespace eyrie::monitor {
namespace {

std::unexpected<Error> in_expression(const MetricQuery& query, const std::string& what) {
  return fail(Code::kInvalidArgument, "Error in expression '" + query.id + "': " + what);
}

// Each id that stands for an expression is worked out once; one that leads back to itself never.
class Run {
 public:
  Run(const std::vector<MetricQuery>& queries, const QueryRange& range, const TimeSeries& series) : queries_(queries), range_(range), series_(series) {
    for (const MetricQuery& query : queries) {
      if (query.stat) finest_s_ = std::min(finest_s_, query.stat->period_s);
    }
    if (finest_s_ > kDay_s) finest_s_ = kMinute_s;
  }

  Result<MathValue> value(const MetricQuery& query) {
    if (const auto found = known_.find(query.id); found != known_.end()) return found->second;
    EYRIE_TRY(MathValue value, query.stat ? read(query) : work_out(query));
    known_.emplace(query.id, value);
    return value;
  }

 private:
  Result<MathValue> read(const MetricQuery& query) {
    const MetricStat& stat = *query.stat;
    EYRIE_CHECK_OK(spend(budget_, static_cast<std::size_t>((range_.end_s - range_.start_s) / stat.period_s) / kRowsArePart));
    const auto statistic = parse_statistic(stat.statistic);
    if (!statistic) return fail(Code::kInvalidArgument, "The statistic " + stat.statistic.substr(0, 64) + " is none");
    EYRIE_TRY(const auto points, series_.read({.metric = stat.metric, .unit = stat.unit, .period_s = stat.period_s, .start_s = range_.start_s - range_.start_s % stat.period_s, .end_s = range_.end_s, .now_s = range_.now_s}));
    EYRIE_CHECK_OK(spend(budget_, points.size()));
    Line line{.period_s = stat.period_s, .label = query.label.value_or(stat.metric.name)};
    for (const Point& point : points) {
      if (const auto value = value_of(*statistic, point.values)) line.points.emplace_back(point.time_s, *value);
    }
    return line;
  }

  Result<MathValue> work_out(const MetricQuery& query) {
    if (!at_work_.insert(query.id).second || at_work_.size() > kMostNested) return in_expression(query, "it leads back to itself, or over too many others");
    EYRIE_TRY(const Expression expression, parse_expression(query.expression));
    const MathContext context{.start_s = range_.start_s,
                              .end_s = range_.end_s,
                              .period_s = query.period_s.value_or(finest_s_),
                              .value_of = [this](const std::string& id) -> Result<MathValue> {
                                const auto found = std::ranges::find(queries_, id, &MetricQuery::id);
                                if (found == queries_.end()) return fail(Code::kInvalidArgument, "no query has the id " + id);
                                return value(*found);
                              },
                              .metrics = [this](const std::string& part) { return metrics(part); },
                              .budget = &budget_};
    auto made = evaluate(expression, context);
    at_work_.erase(query.id);
    if (!made) return made.error().code == Code::kInvalidArgument && !made.error().message.starts_with("Error in") ? in_expression(query, made.error().message) : std::move(made);
    if (Line* line = std::get_if<Line>(&*made)) line->label = query.label.value_or(query.id);
    if (Lines* lines = std::get_if<Lines>(&*made)) {
      for (Line& line : *lines) line.label = query.label.value_or(query.id) + (line.label.empty() ? "" : " " + line.label);
    }
    return made;
  }

  Result<Lines> metrics(const std::string& part) {
    Lines lines;
    for (const MetricQuery& query : queries_) {
      if (!query.stat || !query.id.contains(part)) continue;
      EYRIE_TRY(const MathValue one, value(query));
      EYRIE_CHECK_OK(spend(budget_, points_of(one)));
      lines.push_back(std::get<Line>(one));
    }
    return lines;
  }

  static constexpr std::size_t kMostNested = 10;
  // A range without values costs little: this many periods count as one point.
  static constexpr std::size_t kRowsArePart = 16;
  const std::vector<MetricQuery>& queries_;
  const QueryRange& range_;
  const TimeSeries& series_;
  std::size_t budget_ = kMostPoints;
  std::int64_t finest_s_ = kDay_s + 1;
  std::map<std::string, MathValue> known_;
  std::set<std::string> at_work_;
};

Status check_expression(const MetricQuery& query, const std::vector<MetricQuery>& queries) {
  const auto parsed = parse_expression(query.expression);
  if (!parsed) return in_expression(query, parsed.error().message);
  for (const std::string& id : ids_in(*parsed)) {
    if (std::ranges::find(queries, id, &MetricQuery::id) == queries.end()) return in_expression(query, "no query has the id " + id);
  }
  return {};
}

}  // namespace

bool is_period(std::int64_t period_s) {
  static constexpr std::int64_t kShort[] = {1, 5, 10, 20, 30};
  return std::ranges::find(kShort, period_s) != std::end(kShort) || (period_s > 0 && period_s % kMinute_s == 0 && period_s <= kDay_s);
}

Status check_queries(const std::vector<MetricQuery>& queries) {
  std::set<std::string> ids;
  for (const MetricQuery& query : queries) {
    if (!is_query_id(query.id))
      return fail(Code::kInvalidArgument, "The value '" + query.id.substr(0, 255) + "' for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.");
    if (!ids.insert(query.id).second) return fail(Code::kInvalidArgument, "The values for parameter id in MetricDataQueries are not unique.");
    if (query.stat && !parse_statistic(query.stat->statistic)) return fail(Code::kInvalidArgument, "The value " + query.stat->statistic.substr(0, 64) + " for parameter MetricDataQueries.member.MetricStat.Stat is not supported.");
  }
  for (const MetricQuery& query : queries) {
    if (!query.stat) EYRIE_CHECK_OK(check_expression(query, queries));
  }
  return {};
}

Result<std::vector<QueryAnswer>> run_queries(const std::vector<MetricQuery>& queries, const QueryRange& range, const TimeSeries& series) {
  EYRIE_CHECK_OK(check_queries(queries));
  Run run(queries, range, series);
  std::vector<QueryAnswer> answers;
  for (const MetricQuery& query : queries) {
    if (!query.returns) continue;
    EYRIE_TRY(MathValue value, run.value(query));
    if (std::holds_alternative<double>(value)) return in_expression(query, "it makes a number and no time series");
    if (Line* line = std::get_if<Line>(&value)) {
      answers.push_back({.id = query.id, .line = std::move(*line)});
    } else {
      for (Line& one : std::get<Lines>(value)) answers.push_back({.id = query.id, .line = std::move(one)});
    }
  }
  return answers;
}

}  // namespace eyrie::monitor
