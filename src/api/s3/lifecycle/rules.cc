#include "api/s3/lifecycle/rules.h"

#include <algorithm>

#include "api/s3/object/storage_class.h"
#include "base/json.h"

namespace eyrie::api::s3 {
namespace {

bool matches(const LifecycleFilter& filter, const store::ObjectInfo& object) {
  if (!object.key.starts_with(filter.prefix.value_or(""))) return false;
  if (filter.greater_than && object.size <= *filter.greater_than) return false;
  if (filter.less_than && object.size >= *filter.less_than) return false;
  return std::ranges::all_of(filter.tags, [&](const auto& tag) {
    const auto found = object.tags.find(tag.first);
    return found != object.tags.end() && found->second == tag.second;
  });
}

std::int64_t due_at(const DueTime& when, std::int64_t from_ms, const Calendar& calendar) {
  return when.date_ms ? *when.date_ms : calendar.after(from_ms, when.days.value_or(0));
}

bool large_enough(const LifecycleConfiguration& configuration, const LifecycleRule& rule, const Transition& transition,
                  const store::ObjectInfo& object) {
  if (rule.filter.greater_than || rule.filter.less_than || object.size >= kSmallObject) return true;
  return configuration.moves_small_objects && store::is_archived(transition.storage_class);
}

// --- as JSON ---

template <typename T>
void put(json::object& into, const char* name, const std::optional<T>& value) {
  if (value) into[name] = *value;
}

json::object write_time(const DueTime& when) {
  json::object out;
  put(out, "days", when.days);
  put(out, "date", when.date_ms);
  return out;
}

json::array write_transitions(const std::vector<Transition>& transitions) {
  json::array out;
  for (const Transition& transition : transitions) {
    json::object one = write_time(transition.when);
    one["class"] = transition.storage_class;
    put(one, "newer", transition.newer_versions);
    out.push_back(std::move(one));
  }
  return out;
}

json::object write_rule(const LifecycleRule& rule) {
  json::object out{{"id", rule.id}, {"enabled", rule.enabled}, {"old_form", rule.filter.form == FilterForm::kPrefix}};
  put(out, "prefix", rule.filter.prefix);
  put(out, "greater_than", rule.filter.greater_than);
  put(out, "less_than", rule.filter.less_than);
  out["and"] = rule.filter.all_of;
  json::object tags;
  for (const auto& [name, value] : rule.filter.tags) tags[name] = value;
  out["tags"] = std::move(tags);
  if (rule.expiration) out["expiration"] = write_time(*rule.expiration);
  out["delete_marker"] = rule.expired_delete_marker;
  out["transitions"] = write_transitions(rule.transitions);
  put(out, "noncurrent_days", rule.noncurrent_days);
  put(out, "noncurrent_newer", rule.noncurrent_newer);
  out["noncurrent_transitions"] = write_transitions(rule.noncurrent_transitions);
  put(out, "abort_days", rule.abort_days);
  return out;
}

template <typename T = std::int64_t>
std::optional<T> number(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value == nullptr ? std::nullopt : std::optional(value->to_number<T>());
}

DueTime read_time(const json::object& from) { return {.days = number(from, "days"), .date_ms = number(from, "date")}; }

std::vector<Transition> read_transitions(const json::value& from) {
  std::vector<Transition> transitions;
  for (const json::value& one : from.as_array()) {
    transitions.push_back({.when = read_time(one.as_object()),
                           .storage_class = std::string(one.at("class").as_string()),
                           .newer_versions = number(one.as_object(), "newer")});
  }
  return transitions;
}

LifecycleRule read_rule(const json::object& from) {
  LifecycleRule rule{.id = std::string(from.at("id").as_string()), .enabled = from.at("enabled").as_bool()};
  rule.filter = {.form = from.at("old_form").as_bool() ? FilterForm::kPrefix : FilterForm::kFilter,
                 .greater_than = number<std::uint64_t>(from, "greater_than"),
                 .less_than = number<std::uint64_t>(from, "less_than"),
                 .all_of = from.at("and").as_bool()};
  if (const json::value* prefix = from.if_contains("prefix")) rule.filter.prefix = std::string(prefix->as_string());
  for (const auto& [name, value] : from.at("tags").as_object()) rule.filter.tags[std::string(name)] = value.as_string();
  if (const json::value* expiration = from.if_contains("expiration")) rule.expiration = read_time(expiration->as_object());
  rule.expired_delete_marker = from.at("delete_marker").as_bool();
  rule.transitions = read_transitions(from.at("transitions"));
  rule.noncurrent_days = number(from, "noncurrent_days");
  rule.noncurrent_newer = number(from, "noncurrent_newer");
  rule.noncurrent_transitions = read_transitions(from.at("noncurrent_transitions"));
  rule.abort_days = number(from, "abort_days");
  return rule;
}

}  // namespace

std::int64_t Calendar::after(std::int64_t from_ms, std::int64_t days) const {
  const std::int64_t passed = from_ms + days * day_ms;
  return (passed + day_ms - 1) / day_ms * day_ms;
}

Due due_actions(const LifecycleConfiguration& configuration, const store::ObjectInfo& object, std::int64_t now_ms,
                const Calendar& calendar) {
  Due due;
  for (const LifecycleRule& rule : configuration.rules) {
    if (!rule.enabled || !matches(rule.filter, object)) continue;
    if (rule.expiration && due_at(*rule.expiration, object.modified_ms, calendar) <= now_ms) {
      due.expired = true;
      return due;
    }
    for (const Transition& transition : rule.transitions) {
      if (due_at(transition.when, object.modified_ms, calendar) > now_ms) continue;
      if (!large_enough(configuration, rule, transition, object)) continue;
      const std::string& now_in = due.storage_class.empty() ? object.storage_class : due.storage_class;
      if (warmth(transition.storage_class) < warmth(now_in)) due.storage_class = transition.storage_class;
    }
  }
  return due;
}

std::optional<Announced> expiration_of(const LifecycleConfiguration& configuration, const store::ObjectInfo& object,
                                       const Calendar& calendar) {
  std::optional<Announced> first;
  for (const LifecycleRule& rule : configuration.rules) {
    if (!rule.enabled || !rule.expiration || !matches(rule.filter, object)) continue;
    const std::int64_t time = due_at(*rule.expiration, object.modified_ms, calendar);
    if (!first || time < first->time_ms) first = Announced{.time_ms = time, .rule_id = rule.id};
  }
  return first;
}

std::optional<Announced> abortion_of(const LifecycleConfiguration& configuration, const std::string& key,
                                     std::int64_t begun_ms, const Calendar& calendar) {
  std::optional<Announced> first;
  for (const LifecycleRule& rule : configuration.rules) {
    if (!rule.enabled || !rule.abort_days || !key.starts_with(rule.filter.prefix.value_or(""))) continue;
    const std::int64_t time = calendar.after(begun_ms, *rule.abort_days);
    if (!first || time < first->time_ms) first = Announced{.time_ms = time, .rule_id = rule.id};
  }
  return first;
}

std::string write_lifecycle(const LifecycleConfiguration& configuration) {
  json::array rules;
  for (const LifecycleRule& rule : configuration.rules) rules.push_back(write_rule(rule));
  return write_json(json::object{{"rules", std::move(rules)}, {"small", configuration.moves_small_objects}});
}

Result<LifecycleConfiguration> read_lifecycle(const std::string& text) {
  EYRIE_TRY(const json::value value, parse_json(text));
  LifecycleConfiguration configuration;
  try {
    configuration.moves_small_objects = value.at("small").as_bool();
    for (const json::value& rule : value.at("rules").as_array()) configuration.rules.push_back(read_rule(rule.as_object()));
  } catch (const std::exception& e) {
    return fail(Code::kCorrupt, std::string("a bucket's lifecycle rules do not parse: ") + e.what());
  }
  return configuration;
}

}  // namespace eyrie::api::s3
