#include "monitor/alarms/alarm.h"

#include <algorithm>

#include "aws/account.h"

namespace eyrie::monitor {
namespace {

constexpr std::pair<Comparison, std::string_view> kComparisons[] = {{Comparison::kGreaterOrEqual, "GreaterThanOrEqualToThreshold"},
                                                                    {Comparison::kGreater, "GreaterThanThreshold"},
                                                                    {Comparison::kLess, "LessThanThreshold"},
                                                                    {Comparison::kLessOrEqual, "LessThanOrEqualToThreshold"}};
constexpr std::pair<MissingData, std::string_view> kMissing[] = {
    {MissingData::kMissing, "missing"}, {MissingData::kBreaching, "breaching"}, {MissingData::kNotBreaching, "notBreaching"}, {MissingData::kIgnore, "ignore"}};
constexpr std::pair<AlarmState, std::string_view> kStates[] = {{AlarmState::kInsufficientData, "INSUFFICIENT_DATA"}, {AlarmState::kOk, "OK"}, {AlarmState::kAlarm, "ALARM"}};

template <typename T>
std::string_view name_in(const auto& table, T value) {
  for (const auto& [one, name] : table) {
    if (one == value) return name;
  }
  return "";
}

template <typename Table>
auto find_in(const Table& table, std::string_view name) -> std::optional<std::remove_cvref_t<decltype(table[0].first)>> {
  for (const auto& [one, text] : table) {
    if (text == name) return one;
  }
  return std::nullopt;
}

std::optional<std::string> optional_text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<std::int64_t> optional_number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

void put(json::object& object, std::string_view name, const auto& optional) {
  if (optional) object[name] = *optional;
}

json::object json_of_stat(const MetricStat& stat) {
  json::object made{{"namespace", stat.metric.name_space}, {"name", stat.metric.name}, {"dimensions", json_of(stat.metric.dimensions)}, {"period", stat.period_s}, {"statistic", stat.statistic}};
  put(made, "unit", stat.unit);
  return made;
}

MetricStat stat_of(const json::object& object) {
  return {.metric = {.name_space = text_of(object, "namespace"), .name = text_of(object, "name"), .dimensions = texts_of(object.if_contains("dimensions"))},
          .period_s = std::max<std::int64_t>(1, number_of(object, "period")),
          .statistic = text_of(object, "statistic"),
          .unit = optional_text(object, "unit")};
}

json::object json_of_query(const MetricQuery& query) {
  json::object made{{"id", query.id}, {"returns", query.returns}};
  if (query.stat) {
    made["stat"] = json_of_stat(*query.stat);
  } else {
    made["expression"] = query.expression;
  }
  put(made, "label", query.label);
  put(made, "period", query.period_s);
  return made;
}

MetricQuery query_of(const json::object& object) {
  MetricQuery made{.id = text_of(object, "id"), .expression = text_of(object, "expression"), .label = optional_text(object, "label"), .period_s = optional_number(object, "period"), .returns = flag_of(object, "returns")};
  if (const json::value* stat = object.if_contains("stat"); stat != nullptr && stat->is_object()) made.stat = stat_of(stat->get_object());
  return made;
}

json::array json_of_texts(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::object json_of_definition(const AlarmDefinition& definition) {
  json::object made{{"actions_enabled", definition.actions_enabled},
                    {"ok_actions", json_of_texts(definition.ok_actions)},
                    {"alarm_actions", json_of_texts(definition.alarm_actions)},
                    {"insufficient_data_actions", json_of_texts(definition.insufficient_data_actions)},
                    {"evaluation_periods", definition.evaluation_periods},
                    {"threshold", definition.threshold},
                    {"comparison", name_of(definition.comparison)},
                    {"tags", json_of(definition.tags)}};
  put(made, "description", definition.description);
  put(made, "datapoints_to_alarm", definition.datapoints_to_alarm);
  put(made, "low_samples", definition.low_samples);
  if (definition.missing_data) made["missing_data"] = name_of(*definition.missing_data);
  if (definition.stat) made["stat"] = json_of_stat(*definition.stat);
  json::array queries;
  for (const MetricQuery& query : definition.queries) queries.push_back(json_of_query(query));
  made["queries"] = std::move(queries);
  return made;
}

std::optional<AlarmDefinition> definition_of(const std::string& name, const json::object& object) {
  const auto comparison = comparison_named(text_of(object, "comparison"));
  const json::value* threshold = object.if_contains("threshold");
  if (!comparison || threshold == nullptr || !threshold->is_number()) return std::nullopt;
  AlarmDefinition made{.name = name,
                       .description = optional_text(object, "description"),
                       .actions_enabled = flag_of(object, "actions_enabled"),
                       .ok_actions = one_or_more_texts(object.if_contains("ok_actions")),
                       .alarm_actions = one_or_more_texts(object.if_contains("alarm_actions")),
                       .insufficient_data_actions = one_or_more_texts(object.if_contains("insufficient_data_actions")),
                       .evaluation_periods = std::max<std::int64_t>(1, number_of(object, "evaluation_periods")),
                       .datapoints_to_alarm = optional_number(object, "datapoints_to_alarm"),
                       .threshold = threshold->to_number<double>(),
                       .comparison = *comparison,
                       .missing_data = missing_data_named(text_of(object, "missing_data")),
                       .low_samples = optional_text(object, "low_samples"),
                       .tags = texts_of(object.if_contains("tags"))};
  if (const json::value* stat = object.if_contains("stat"); stat != nullptr && stat->is_object()) made.stat = stat_of(stat->get_object());
  if (const json::value* queries = object.if_contains("queries"); queries != nullptr && queries->is_array()) {
    for (const json::value& query : queries->get_array()) {
      if (query.is_object()) made.queries.push_back(query_of(query.get_object()));
    }
  }
  if (!made.stat && made.queries.empty()) return std::nullopt;
  return made;
}

}  // namespace

std::string_view name_of(Comparison comparison) { return name_in(kComparisons, comparison); }
std::string_view name_of(MissingData missing) { return name_in(kMissing, missing); }
std::string_view name_of(AlarmState state) { return name_in(kStates, state); }
std::optional<Comparison> comparison_named(std::string_view name) { return find_in(kComparisons, name); }
std::optional<MissingData> missing_data_named(std::string_view name) { return find_in(kMissing, name); }
std::optional<AlarmState> state_named(std::string_view name) { return find_in(kStates, name); }

std::string AlarmDefinition::arn() const { return alarm_arn(name); }

std::int64_t AlarmDefinition::period_s() const {
  if (stat) return stat->period_s;
  std::int64_t longest = 0;
  for (const MetricQuery& query : queries) longest = std::max(longest, query.stat ? query.stat->period_s : query.period_s.value_or(0));
  return longest > 0 ? longest : kMinute_s;
}

const std::vector<std::string>& AlarmDefinition::actions_for(AlarmState state) const {
  return state == AlarmState::kOk ? ok_actions : state == AlarmState::kAlarm ? alarm_actions : insufficient_data_actions;
}

std::string write_alarm(const Alarm& alarm) {
  json::array notices;
  for (const AlarmNotice& notice : alarm.notices) {
    notices.push_back(json::object{{"id", notice.id}, {"made_ms", notice.made_ms}, {"actions", json_of_texts(notice.actions)}, {"subject", notice.subject}, {"message", notice.message}, {"event", notice.event}});
  }
  return write_json(json::object{{"definition", json_of_definition(alarm.definition)},
                                 {"state", name_of(alarm.standing.state)},
                                 {"reason", alarm.standing.reason},
                                 {"reason_data", alarm.standing.reason_data},
                                 {"updated_ms", alarm.standing.updated_ms},
                                 {"configured_ms", alarm.configured_ms},
                                 {"notices", std::move(notices)}});
}

Result<Alarm> read_alarm(const store::Record& record) {
  const auto corrupt = [&] { return fail(Code::kCorrupt, "the record of the alarm " + record.name + " is damaged"); };
  const auto parsed = parse_json(record.value);
  if (!parsed || !parsed->is_object()) return corrupt();
  const json::object& object = parsed->get_object();
  const json::value* inner = object.if_contains("definition");
  auto definition = inner != nullptr && inner->is_object() ? definition_of(record.name, inner->get_object()) : std::nullopt;
  const auto state = state_named(text_of(object, "state"));
  if (!definition || !state) return corrupt();
  Alarm alarm{.definition = std::move(*definition),
              .standing = {.state = *state, .reason = text_of(object, "reason"), .reason_data = text_of(object, "reason_data"), .updated_ms = number_of(object, "updated_ms")},
              .configured_ms = number_of(object, "configured_ms")};
  if (const json::value* notices = object.if_contains("notices"); notices != nullptr && notices->is_array()) {
    for (const json::value& one : notices->get_array()) {
      if (!one.is_object()) return corrupt();
      const json::object& notice = one.get_object();
      alarm.notices.push_back({.id = text_of(notice, "id"), .made_ms = number_of(notice, "made_ms"), .actions = one_or_more_texts(notice.if_contains("actions")), .subject = text_of(notice, "subject"), .message = text_of(notice, "message"), .event = text_of(notice, "event")});
    }
  }
  return alarm;
}

std::string alarm_arn(std::string_view name) { return aws::regional_arn("cloudwatch", "alarm:" + std::string(name)); }

std::optional<std::string> alarm_of_arn(std::string_view arn) {
  const std::string prefix = alarm_arn("");
  if (!arn.starts_with(prefix) || arn.size() == prefix.size()) return std::nullopt;
  return std::string(arn.substr(prefix.size()));
}

}  // namespace eyrie::monitor
