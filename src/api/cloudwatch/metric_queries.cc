// MetricDataQueries: read, and written as they were.
#include "api/cloudwatch/operations.h"

namespace eyrie::api::cloudwatch {
namespace {

Wire<monitor::MetricStat> queried_stat(const json::object& object) {
  monitor::MetricStat stat;
  EYRIE_TRY(const json::object* metric, object_member(object, "Metric"));
  if (metric == nullptr) return missing("MetricDataQueries.member.MetricStat.Metric");
  EYRIE_TRY(stat.metric.name_space, required_text(*metric, "Namespace"));
  EYRIE_TRY(stat.metric.name, required_text(*metric, "MetricName"));
  EYRIE_TRY(stat.metric.dimensions, dimensions_member(*metric, "MetricDataQueries.member.MetricStat.Metric.Dimensions"));
  EYRIE_TRY(const auto period, whole_member(object, "Period", 1, monitor::kDay_s));
  if (!period) return missing("MetricDataQueries.member.MetricStat.Period");
  if (!monitor::is_period(*period)) return validation("Period must be 1, 5, 10, 20, 30 or a multiple of 60 in MetricDataQueries.member.MetricStat.");
  stat.period_s = *period;
  EYRIE_TRY(stat.statistic, required_text(object, "Stat"));
  EYRIE_TRY(stat.unit, unit_member(object));
  return stat;
}

Wire<monitor::MetricQuery> query_of(const json::object& object) {
  monitor::MetricQuery query;
  EYRIE_TRY(query.id, required_text(object, "Id"));
  EYRIE_TRY(const json::object* stat, object_member(object, "MetricStat"));
  EYRIE_TRY(const auto expression, text_member(object, "Expression", monitor::kMaxExpression));
  if ((stat == nullptr) == !expression) return validation("Either Expression or MetricStat must be specified for id " + query.id + ", and not both.");
  if (stat != nullptr) {
    EYRIE_TRY(query.stat, queried_stat(*stat));
  } else {
    query.expression = *expression;
  }
  EYRIE_TRY(query.label, text_member(object, "Label"));
  EYRIE_TRY(query.period_s, whole_member(object, "Period", 1, monitor::kDay_s));
  if (query.period_s && !monitor::is_period(*query.period_s)) return validation("Period must be 1, 5, 10, 20, 30 or a multiple of 60 for id " + query.id + ".");
  EYRIE_TRY(const auto returns, flag_member(object, "ReturnData"));
  query.returns = returns.value_or(true);
  return query;
}

}  // namespace

Wire<std::vector<monitor::MetricQuery>> queries_member(const json::object& request, std::string_view name) {
  EYRIE_TRY(const auto list, objects_member(request, name, monitor::kMostQueries));
  std::vector<monitor::MetricQuery> queries;
  for (const json::object* one : list) {
    EYRIE_TRY(monitor::MetricQuery query, query_of(*one));
    queries.push_back(std::move(query));
  }
  EYRIE_CHECK_OK(wire(monitor::check_queries(queries)));
  return queries;
}

json::array json_of_queries(const std::vector<monitor::MetricQuery>& queries) {
  json::array made;
  for (const monitor::MetricQuery& query : queries) {
    json::object one{{"Id", query.id}};
    if (query.stat) {
      const monitor::MetricKey& metric = query.stat->metric;
      json::object stat{{"Metric", json::object{{"Namespace", metric.name_space}, {"MetricName", metric.name}, {"Dimensions", json_of_dimensions(metric.dimensions)}}},
                        {"Period", query.stat->period_s},
                        {"Stat", query.stat->statistic}};
      if (query.stat->unit) stat["Unit"] = *query.stat->unit;
      one["MetricStat"] = std::move(stat);
    } else {
      one["Expression"] = query.expression;
    }
    if (query.label) one["Label"] = *query.label;
    if (query.period_s) one["Period"] = *query.period_s;
    one["ReturnData"] = query.returns;
    made.push_back(std::move(one));
  }
  return made;
}

}  // namespace eyrie::api::cloudwatch
