// The dashboard: one answer for a range of time, the same as CSV, and where pictures were taken.
#include <algorithm>

#include "analysis/record.h"
#include "api/console/csv.h"
#include "api/console/operations.h"
#include "api/console/pictures/area.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "iam/guarded_stores.h"

namespace eyrie::api::console {
namespace {

// What clusters are bounded by is rounded in the index; whoever asks for what lies within finds all the same.
constexpr double kMargin = 0.00005;

struct DashboardQuery {
  Range range;
  analysis::Area area;
};

// `takes_area`: beside from and to.
Outcome<DashboardQuery> asked_for(const Call& call, std::int64_t now_ms, bool takes_area) {
  EYRIE_TRY(const auto pairs, call.query());
  std::optional<std::string> from, to;
  DashboardQuery asked;
  for (const auto& [name, value] : pairs) {
    bool good = true;
    if (name == "from")
      from = value;
    else if (name == "to")
      to = value;
    else if (const auto area = takes_area && name == "within" ? parse_area(value) : std::nullopt)
      asked.area = *area;
    else
      good = false;
    if (!good)
      return refused(Code::kInvalidArgument, "The query's " + name.substr(0, 64) + " cannot be that.");
  }
  EYRIE_TRY(asked.range, told(range_of(from, to, now_ms / 1000)));
  return asked;
}

Outcome<void> may_see_pictures(const Call& call) {
  return call.may_on("dynamodb:Scan", iam::table_arn(analysis::kRecordTable));
}

struct Dashboard {
  Range range;
  std::vector<Chart> charts;
  std::vector<std::pair<std::string, double>> durations;
  std::vector<monitor::AlarmPtr> alarms;
  std::vector<Week> weeks;
  std::vector<CostLine> costs;
  double cost = 0;
};

Outcome<Dashboard> dashboard(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  if (call.backend.monitoring == nullptr) return refused(Code::kNotFound, "Nothing is measured here.");
  const Monitoring& monitoring = *call.backend.monitoring;
  EYRIE_CHECK_OK(call.may_on("cloudwatch:GetMetricData", "*"));
  EYRIE_CHECK_OK(call.may_on("cloudwatch:DescribeAlarms", "*"));
  EYRIE_CHECK_OK(may_see_pictures(call));
  EYRIE_TRY(const DashboardQuery asked, asked_for(call, monitoring.clock.now_ms(), false));
  Dashboard made{.range = asked.range,
                 .charts = {},
                 .durations = {},
                 .alarms = monitoring.alarms.alarms(),
                 .weeks = weeks_of(gallery->index, asked.range),
                 .costs = {}};
  EYRIE_TRY(made.charts, told(charts_of(monitoring.series, asked.range)));
  EYRIE_TRY(made.durations, told(durations_of(monitoring.series, asked.range)));
  EYRIE_TRY(made.costs, told(costs_of(monitoring, asked.range)));
  for (const CostLine& line : made.costs) made.cost += line.cost;
  return made;
}

std::string time_text(std::int64_t time_s) {
  return format_iso8601(time_s * 1000);
}

json::object chart_json(const Chart& chart) {
  json::array all;
  for (const Chart::Series& series : chart.series) {
    json::array points;
    for (const auto& [time_s, value] : series.points)
      points.push_back(json::array{time_s, rounded(value, 3)});
    all.push_back(json::object{{"name", series.name}, {"points", std::move(points)}});
  }
  return {{"name", chart.name}, {"unit", chart.unit}, {"series", std::move(all)}};
}

json::array counts_json(const std::vector<std::pair<std::string, std::size_t>>& counts) {
  json::array all;
  for (const auto& [name, count] : counts) all.push_back(json::object{{"name", name}, {"count", count}});
  return all;
}

json::object alarm_json(const monitor::Alarm& alarm) {
  return {
      {"name", alarm.definition.name},
      {"description", alarm.definition.description.value_or("")},
      {"state", monitor::name_of(alarm.standing.state)},
      {"reason", alarm.standing.reason},
      {"updated", alarm.standing.updated_ms == 0 ? json::value()
                                                 : json::value(format_iso8601(alarm.standing.updated_ms))}};
}

json::object cost_json(const CostLine& line) {
  json::array parts, at;
  for (const UsagePart& part : line.parts) {
    double count = 0;
    for (const auto& [month, of_month] : part.counts) count += of_month;
    if (count > 0)
      parts.push_back(
          json::object{{"what", part.what}, {"factor", part.factor}, {"count", rounded(count, 6)}});
  }
  for (const CostLine::At& one : line.at)
    at.push_back(json::object{{"usd", one.usd}, {"units", rounded(one.units, 6)}});
  return {{"price", line.price->name},    {"unit", line.price->unit},        {"as_of", line.price->as_of},
          {"source", line.price->source}, {"units", rounded(line.units, 6)}, {"parts", std::move(parts)},
          {"at", std::move(at)},          {"usd", rounded(line.cost, 8)}};
}

json::object cluster_json(const Cluster& cluster) {
  const auto degrees = [](double value) { return rounded(value, 5); };
  const analysis::Area& area = cluster.bounds;
  return {{"latitude", degrees(cluster.latitude)},
          {"longitude", degrees(cluster.longitude)},
          {"within", json::array{degrees(std::max(-180.0, area.west - kMargin)),
                                 degrees(std::max(-90.0, area.south - kMargin)),
                                 degrees(std::min(180.0, area.east + kMargin)),
                                 degrees(std::min(90.0, area.north + kMargin))}},
          {"pictures", cluster.pictures},
          {"newest", cluster.newest},
          {"labels", counts_json(cluster.labels)}};
}

// One table for all of it: what is of the same kind stands together, one value a line. Numbers are ours, and
// stand as they are.
class Table {
 public:
  void add(std::string_view section, std::string_view name, const std::string& time, const std::string& value,
           std::string_view unit, std::string_view detail = "") {
    text_ += csv_field(section) + "," + csv_field(name) + "," + time + "," + value + "," + csv_field(unit) +
             "," + csv_field(detail) + "\r\n";
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_ = "section,name,time,value,unit,detail\r\n";
};

std::string csv_of(const Dashboard& made) {
  Table table;
  for (const Chart& chart : made.charts) {
    for (const Chart::Series& series : chart.series) {
      for (const auto& [time_s, value] : series.points)
        table.add(chart.name, series.name, time_text(time_s), write_json(rounded(value, 3)), chart.unit);
    }
  }
  for (const auto& [name, value] : made.durations)
    table.add("duration-whole-range", name, time_text(made.range.start_s), write_json(rounded(value, 3)),
              "Milliseconds");
  for (const Week& week : made.weeks) {
    for (const auto& [label, count] : week.labels)
      table.add("labels-by-week", label, time_text(week.begin_s), std::to_string(count), "Pictures");
  }
  for (const monitor::AlarmPtr& alarm : made.alarms) {
    const monitor::AlarmStanding& standing = alarm->standing;
    table.add("alarm", alarm->definition.name,
              standing.updated_ms == 0 ? "" : format_iso8601(standing.updated_ms),
              csv_field(monitor::name_of(standing.state)), "", standing.reason);
  }
  for (const CostLine& line : made.costs) {
    std::string detail;
    for (const CostLine::At& at : line.at)
      detail += (detail.empty() ? "" : "; ") + write_json(rounded(at.units, 6)) + " x " + write_json(at.usd);
    table.add("list-price-us-east-1", line.price->name, "", write_json(rounded(line.cost, 8)), "USD",
              detail + ", as of " + std::string(line.price->as_of));
  }
  table.add("list-price-us-east-1", "total", "", write_json(rounded(made.cost, 8)), "USD");
  return std::move(table).text();
}

}  // namespace

Outcome<Answer> get_dashboard(const Call& call) {
  EYRIE_TRY(const Dashboard made, dashboard(call));
  json::array charts, alarms, weeks, costs;
  for (const Chart& chart : made.charts) charts.push_back(chart_json(chart));
  for (const monitor::AlarmPtr& alarm : made.alarms) alarms.push_back(alarm_json(*alarm));
  for (const Week& week : made.weeks)
    weeks.push_back(json::object{{"begin", time_text(week.begin_s)},
                                 {"pictures", week.pictures},
                                 {"labels", counts_json(week.labels)}});
  for (const CostLine& line : made.costs) costs.push_back(cost_json(line));
  json::object durations;
  for (const auto& [name, value] : made.durations) durations[name] = rounded(value, 3);
  return Answer{.body = json::object{{"from", time_text(made.range.start_s)},
                                     {"to", time_text(made.range.end_s)},
                                     {"period", made.range.period_s},
                                     {"charts", std::move(charts)},
                                     {"durations", std::move(durations)},
                                     {"alarms", std::move(alarms)},
                                     {"weeks", std::move(weeks)},
                                     {"cost", json::object{{"region", kRegion},
                                                           {"usd", rounded(made.cost, 8)},
                                                           {"lines", std::move(costs)}}}}};
}

Outcome<Answer> export_dashboard(const Call& call) {
  EYRIE_TRY(const Dashboard made, dashboard(call));
  return Answer{.raw = Raw{.type = "text/csv; charset=utf-8", .body = csv_of(made)}};
}

Outcome<Answer> list_places(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_CHECK_OK(may_see_pictures(call));
  EYRIE_TRY(const DashboardQuery asked, asked_for(call, Clock::system().now_ms(), true));
  const Places places = places_of(gallery->index, asked.range, asked.area);
  json::array clusters;
  for (const Cluster& cluster : places.clusters) clusters.push_back(cluster_json(cluster));
  return Answer{.body = json::object{{"pictures", places.pictures},
                                     {"without", places.without},
                                     {"left_out", places.left_out},
                                     {"places", std::move(clusters)}}};
}

}  // namespace eyrie::api::console
