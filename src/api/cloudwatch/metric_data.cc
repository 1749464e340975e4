// PutMetricData and ListMetrics.
#include <algorithm>
#include <cmath>

#include "api/cloudwatch/operations.h"

namespace eyrie::api::cloudwatch {
namespace {

using monitor::Datum;
using monitor::KnownSeries;

constexpr std::size_t kMostData = 1000, kMostValues = 150;
constexpr std::int64_t kTwoWeeks_s = 14 * monitor::kDay_s, kTwoHours_s = 2 * monitor::kHour_s, kThreeHours_s = 3 * monitor::kHour_s;
constexpr std::size_t kPage = 500;

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// "MetricData.member.1.Value"
std::string at(std::size_t index, std::string_view name) { return "MetricData.member." + std::to_string(index) + "." + std::string(name); }

Wire<double> sound(double value, const std::string& parameter) {
  if (!std::isfinite(value)) return invalid_value("The value " + std::string(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity") + " for parameter " + parameter + " is invalid.");
  if (std::abs(value) > std::exp2(360)) return invalid_value("The value for parameter " + parameter + " must be between -2^360 and 2^360.");
  return value;
}

Wire<void> add_values(const json::object& object, std::size_t index, monitor::Distribution& into) {
  EYRIE_TRY(const auto values, reals_member(object, "Values", kMostValues));
  EYRIE_TRY(const auto counts, reals_member(object, "Counts", kMostValues));
  if (!counts.empty() && counts.size() != values.size()) return invalid_value("The parameters " + at(index, "Values") + " and " + at(index, "Counts") + " must be of the same size.");
  for (std::size_t i = 0; i < values.size(); ++i) {
    EYRIE_TRY(const double value, sound(values[i], at(index, "Values.member." + std::to_string(i + 1))));
    const double count = counts.empty() ? 1 : counts[i];
    if (!std::isfinite(count) || count < 0 || count > 1e15) return invalid_value("The value " + write_json(count) + " for parameter " + at(index, "Counts.member." + std::to_string(i + 1)) + " is invalid.");
    if (count > 0) into.add(value, count);
  }
  return {};
}

Wire<void> add_summary(const json::object& summary, std::size_t index, monitor::Distribution& into) {
  double told[4] = {};
  constexpr const char* kNames[] = {"SampleCount", "Sum", "Minimum", "Maximum"};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    const std::string parameter = at(index, std::string("StatisticValues.") + kNames[i]);
    EYRIE_TRY(const auto number, real_member(summary, kNames[i]));
    if (!number) return missing(parameter);
    EYRIE_TRY(told[i], sound(*number, parameter));
  }
  if (told[0] <= 0) return invalid_value("The value " + write_json(told[0]) + " for parameter " + at(index, "StatisticValues.SampleCount") + " is invalid.");
  if (told[2] > told[3]) return invalid_value("The parameter " + at(index, "StatisticValues.Maximum") + " must be greater than or equal to " + at(index, "StatisticValues.Minimum") + ".");
  into.add_summary(told[0], told[1], told[2], told[3]);
  return {};
}

Wire<monitor::Distribution> values_of(const json::object& object, std::size_t index) {
  monitor::Distribution values;
  EYRIE_TRY(const auto value, real_member(object, "Value"));
  EYRIE_TRY(const json::object* summary, object_member(object, "StatisticValues"));
  const bool many = object.contains("Values");
  const auto both = [&](const char* one, const char* other) {
    return invalid_combination("The parameters " + at(index, one) + " and " + at(index, other) + " are mutually exclusive and you have specified both.");
  };
  if (value && summary != nullptr) return both("Value", "StatisticValues");
  if (value && many) return both("Value", "Values");
  if (summary != nullptr && many) return both("StatisticValues", "Values");
  if (!value && summary == nullptr && !many) return missing(at(index, "Value"));
  if (value) {
    EYRIE_TRY(const double one, sound(*value, at(index, "Value")));
    values.add(one);
  } else if (summary != nullptr) {
    EYRIE_CHECK_OK(add_summary(*summary, index, values));
  } else {
    EYRIE_CHECK_OK(add_values(object, index, values));
  }
  return values;
}

Wire<Datum> datum_of(const std::string& name_space, const json::object& object, std::size_t index, std::int64_t now_s) {
  Datum datum{.key = {.metric = {.name_space = name_space}}, .time_s = now_s};
  EYRIE_TRY(const auto name, text_member(object, "MetricName", 255));
  if (!name || name->empty()) return missing(at(index, "MetricName"));
  if (has_control(*name)) return invalid_value("The parameter " + at(index, "MetricName") + " must not have control characters.");
  datum.key.metric.name = *name;
  EYRIE_TRY(datum.key.metric.dimensions, dimensions_member(object, at(index, "Dimensions")));
  for (const auto& [dimension, value] : datum.key.metric.dimensions) {
    if (has_control(dimension) || has_control(value) || dimension.starts_with(':')) return invalid_value("The parameter " + at(index, "Dimensions") + " is invalid.");
  }
  EYRIE_TRY(const auto unit, unit_member(object));
  datum.key.unit = unit.value_or("None");
  EYRIE_TRY(const auto time_ms, time_member(object, "Timestamp"));
  if (time_ms) datum.time_s = *time_ms / 1000;
  if (datum.time_s > now_s + kTwoHours_s) return invalid_value("The parameter " + at(index, "Timestamp") + " must specify a time no more than two hours in the future.");
  if (datum.time_s < now_s - kTwoWeeks_s) return invalid_value("The parameter " + at(index, "Timestamp") + " must specify a time within the past two weeks.");
  EYRIE_TRY(const auto resolution, real_member(object, "StorageResolution"));
  if (resolution && *resolution != 1 && *resolution != 60) return invalid_value("The value " + write_json(*resolution) + " for parameter " + at(index, "StorageResolution") + " is invalid: it must be 1 or 60.");
  datum.high_resolution = resolution == 1.0;
  EYRIE_TRY(datum.values, values_of(object, index));
  return datum;
}

// --- ListMetrics ---

struct Filter {
  std::optional<std::string> name_space, name;
  std::vector<std::pair<std::string, std::optional<std::string>>> dimensions;
  std::int64_t since_s = 0;

  bool takes(const KnownSeries& series) const {
    const monitor::MetricKey& metric = series.key.metric;
    if (series.last_s < since_s || (name_space && metric.name_space != *name_space) || (name && metric.name != *name)) return false;
    return std::ranges::all_of(dimensions, [&](const auto& wanted) {
      const auto found = metric.dimensions.find(wanted.first);
      return found != metric.dimensions.end() && (!wanted.second || found->second == *wanted.second);
    });
  }
};

Wire<Filter> filter_of(const json::object& request, std::int64_t now_s) {
  Filter filter{.since_s = now_s - kTwoWeeks_s};
  EYRIE_TRY(filter.name_space, text_member(request, "Namespace", 255));
  EYRIE_TRY(filter.name, text_member(request, "MetricName", 255));
  EYRIE_TRY(const auto dimensions, objects_member(request, "Dimensions", 30));
  for (const json::object* one : dimensions) {
    EYRIE_TRY(std::string name, required_text(*one, "Name"));
    EYRIE_TRY(auto value, text_member(*one, "Value"));
    filter.dimensions.emplace_back(std::move(name), std::move(value));
  }
  EYRIE_TRY(const auto recently, text_member(request, "RecentlyActive"));
  if (recently && *recently != "PT3H") return validation("1 validation error detected: Value '" + *recently + "' at 'recentlyActive' failed to satisfy constraint: Member must satisfy enum value set: [PT3H]");
  if (recently) filter.since_s = now_s - kThreeHours_s;
  return filter;
}

std::string token_of(const monitor::SeriesKey& key) {
  return page_token(write_json(json::array{key.metric.name_space, key.metric.name, monitor::write_dimensions(key.metric.dimensions), key.unit}));
}

Wire<std::optional<monitor::SeriesKey>> after_of(const json::object& request) {
  EYRIE_TRY(const auto token, page_member(request));
  if (!token) return std::nullopt;
  const auto parsed = parse_json(*token);
  const json::array* parts = parsed ? parsed->if_array() : nullptr;
  const bool sound = parts != nullptr && parts->size() == 4 && std::ranges::all_of(*parts, [](const json::value& part) { return part.is_string(); });
  const auto text = [&](std::size_t i) { return std::string((*parts)[i].get_string()); };
  const auto dimensions = sound ? monitor::read_dimensions(text(2)) : fail(Code::kCorrupt, "");
  if (!dimensions) return refuse("InvalidParameterValueException", "The token is not valid.");
  return monitor::SeriesKey{.metric = {.name_space = text(0), .name = text(1), .dimensions = *dimensions}, .unit = text(3)};
}

}  // namespace

JsonResult put_metric_data(Backend& backend, const Call& call) {
  EYRIE_TRY(const std::string name_space, required_text(call.request, "Namespace"));
  if (name_space.starts_with(':') || name_space.starts_with("AWS/") || has_control(name_space)) return invalid_value("The value " + name_space + " for parameter Namespace is invalid.");
  if (call.request.contains("EntityMetricData")) return invalid_value("EntityMetricData is not implemented here.");
  const json::value* list = call.request.if_contains("MetricData");
  if (list != nullptr && list->is_array() && list->get_array().size() > kMostData) return invalid_value("The collection MetricData must not have a size greater than 1000.");
  EYRIE_TRY(const auto objects, objects_member(call.request, "MetricData", kMostData));
  if (objects.empty()) return missing("MetricData");
  const std::int64_t now_s = backend.clock.now_ms() / 1000;
  std::vector<Datum> data;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    EYRIE_TRY(Datum datum, datum_of(name_space, *objects[i], i + 1, now_s));
    if (datum.values.count() > 0) data.push_back(std::move(datum));
  }
  EYRIE_CHECK_OK(wire(backend.series.put(data)));
  return json::object();
}

JsonResult list_metrics(Backend& backend, const Call& call) {
  EYRIE_TRY(const Filter filter, filter_of(call.request, backend.clock.now_ms() / 1000));
  EYRIE_TRY(const auto after, after_of(call.request));
  const auto series = backend.series.list(after ? &*after : nullptr, kPage, [&](const KnownSeries& one) { return filter.takes(one); });
  json::array metrics;
  const monitor::MetricKey* last = after ? &after->metric : nullptr;
  for (const KnownSeries& one : series) {
    const monitor::MetricKey& metric = one.key.metric;
    if (last == nullptr || *last != metric)  // in several units it is one metric
      metrics.push_back(json::object{{"Namespace", metric.name_space}, {"MetricName", metric.name}, {"Dimensions", json_of_dimensions(metric.dimensions)}});
    last = &metric;
  }
  json::object answer{{"Metrics", std::move(metrics)}};
  if (series.size() == kPage) answer["NextToken"] = token_of(series.back().key);
  return answer;
}

}  // namespace eyrie::api::cloudwatch
