// GetMetricStatistics and GetMetricData.
#include <algorithm>

#include "api/cloudwatch/operations.h"
#include "base/encoding.h"

namespace eyrie::api::cloudwatch {
namespace {

constexpr std::int64_t kMostDatapoints = 1440;
constexpr std::int64_t kMostOfPage = 100'800;
constexpr const char* kBackwards = "The parameter StartTime must be less than the parameter EndTime.";

// 2,880
std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = std::ssize(text) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

struct Wanted {
  std::vector<std::pair<std::string, monitor::Statistic>> simple, extended;
};

Wire<Wanted> wanted_of(const json::object& request) {
  Wanted wanted;
  EYRIE_TRY(const auto simple, texts_member(request, "Statistics", 5));
  EYRIE_TRY(const auto extended, texts_member(request, "ExtendedStatistics", 10));
  if (simple.empty() && extended.empty()) return invalid_combination("Must specify either Statistics or ExtendedStatistics");
  if (!simple.empty() && !extended.empty()) return invalid_combination("Statistics and ExtendedStatistics cannot be specified together");
  for (const std::string& name : simple) {
    const auto statistic = monitor::parse_statistic(name);
    if (!statistic || !statistic->is_simple()) return invalid_value("The parameter Statistics must be a value in the set [ SampleCount, Average, Sum, Minimum, Maximum ].");
    wanted.simple.emplace_back(name, *statistic);
  }
  for (const std::string& name : extended) {
    const auto statistic = monitor::parse_statistic(name);
    if (!statistic || statistic->is_simple()) return invalid_value("The value " + name.substr(0, 64) + " for parameter ExtendedStatistics is not supported.");
    wanted.extended.emplace_back(name, *statistic);
  }
  return wanted;
}

json::value datapoint(const monitor::Point& point, const std::string& unit, const Wanted& wanted) {
  json::object made{{"Timestamp", static_cast<double>(point.time_s)}, {"Unit", unit}};
  for (const auto& [name, statistic] : wanted.simple) {
    if (const auto value = monitor::value_of(statistic, point.values)) made[name] = *value;
  }
  json::object extended;
  for (const auto& [name, statistic] : wanted.extended) {
    if (const auto value = monitor::value_of(statistic, point.values)) extended[name] = *value;
  }
  if (wanted.extended.empty()) return made;
  if (extended.empty()) return nullptr;
  made["ExtendedStatistics"] = std::move(extended);
  return made;
}

Wire<monitor::QueryRange> range_of(const Backend& backend, const json::object& request) {
  EYRIE_TRY(const std::int64_t start_ms, required_time(request, "StartTime"));
  EYRIE_TRY(const std::int64_t end_ms, required_time(request, "EndTime"));
  return monitor::QueryRange{.start_s = start_ms / 1000, .end_s = (end_ms + 999) / 1000, .now_s = backend.clock.now_ms() / 1000};
}

// GetMetricStatistics counts its periods from the start, rounded down to a minute or to what is shorter.
std::int64_t rounded_down(std::int64_t time_s, std::int64_t period_s) { return time_s - time_s % std::min(period_s, monitor::kMinute_s); }

Wire<bool> ascending(const json::object& request) {
  EYRIE_TRY(const auto order, text_member(request, "ScanBy"));
  if (order && *order != "TimestampAscending" && *order != "TimestampDescending")
    return validation("1 validation error detected: Value '" + *order + "' at 'scanBy' failed to satisfy constraint: Member must satisfy enum value set: [TimestampDescending, TimestampAscending]");
  return order == "TimestampAscending";
}

// The part of all answers' points that a page holds: from `skip` on, at most `most`.
struct Page {
  std::size_t skip = 0, most = 0;
  json::array results = {};

  void add(const monitor::QueryAnswer& answer, bool forward) {
    const auto& points = answer.line.points;
    const std::size_t skipped = std::min(skip, points.size());
    const std::size_t taken = std::min(most, points.size() - skipped);
    skip -= skipped;
    most -= taken;
    if (skipped > 0 && taken == 0) return;  // it was in pages before
    json::array times, values;
    for (std::size_t i = skipped; i < skipped + taken; ++i) {
      const auto& [time_s, value] = forward ? points[i] : points[points.size() - 1 - i];
      times.push_back(static_cast<double>(time_s));
      values.push_back(value);
    }
    const bool complete = skipped + taken == points.size();
    results.push_back(json::object{{"Id", answer.id}, {"Label", answer.line.label}, {"Timestamps", std::move(times)}, {"Values", std::move(values)}, {"StatusCode", complete ? "Complete" : "PartialData"}});
  }
};

}  // namespace

JsonResult get_metric_statistics(Backend& backend, const Call& call) {
  monitor::TimeSeries::Question question;
  EYRIE_TRY(question.metric.name_space, required_text(call.request, "Namespace"));
  EYRIE_TRY(question.metric.name, required_text(call.request, "MetricName"));
  EYRIE_TRY(question.metric.dimensions, dimensions_member(call.request));
  EYRIE_TRY(question.unit, unit_member(call.request));
  EYRIE_TRY(const monitor::QueryRange range, range_of(backend, call.request));
  EYRIE_TRY(const auto period, whole_member(call.request, "Period", 1, monitor::kDay_s));
  if (!period) return missing("Period");
  if (!monitor::is_period(*period)) return invalid_value("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
  if (range.start_s >= range.end_s) return invalid_value(kBackwards);
  EYRIE_TRY(const Wanted wanted, wanted_of(call.request));
  const std::int64_t points = (range.end_s - range.start_s) / *period;
  if (points > kMostDatapoints)
    return invalid_combination("You have requested up to " + with_commas(points) + " datapoints, which exceeds the limit of " + with_commas(kMostDatapoints) + ". You may reduce the datapoints requested by increasing Period, or decreasing the time range.");
  question.period_s = *period;
  question.start_s = rounded_down(range.start_s, *period);
  question.end_s = range.end_s;
  question.now_s = range.now_s;
  EYRIE_TRY(const auto found, wire(backend.series.read_by_unit(question)));
  json::array datapoints;
  for (const auto& [unit, of_unit] : found) {
    for (const monitor::Point& point : of_unit) {
      json::value made = datapoint(point, unit, wanted);
      if (!made.is_null()) datapoints.push_back(std::move(made));
    }
  }
  return json::object{{"Label", question.metric.name}, {"Datapoints", std::move(datapoints)}};
}

JsonResult get_metric_data(Backend& backend, const Call& call) {
  EYRIE_TRY(const monitor::QueryRange range, range_of(backend, call.request));
  EYRIE_TRY(const auto queries, queries_member(call.request, "MetricDataQueries"));
  if (queries.empty()) return missing("MetricDataQueries");
  if (range.start_s >= range.end_s) return validation(kBackwards);
  EYRIE_TRY(const bool forward, ascending(call.request));
  EYRIE_TRY(const auto most, whole_member(call.request, "MaxDatapoints", 1, kMostOfPage));
  EYRIE_TRY(const auto token, page_member(call.request));
  const auto skip = token ? whole_number<std::size_t>(*token) : 0;
  if (!skip) return refuse("InvalidNextToken", "The token is not valid.");
  EYRIE_TRY(const auto answers, wire(monitor::run_queries(queries, range, backend.series)));
  const auto page_size = static_cast<std::size_t>(most.value_or(kMostOfPage));
  Page page{.skip = *skip, .most = page_size};
  std::size_t all = 0;
  for (const monitor::QueryAnswer& answer : answers) {
    all += answer.line.points.size();
    page.add(answer, forward);
  }
  json::object answer{{"MetricDataResults", std::move(page.results)}, {"Messages", json::array()}};
  if (all > *skip + page_size) answer["NextToken"] = page_token(std::to_string(*skip + page_size));
  return answer;
}

}  // namespace eyrie::api::cloudwatch
