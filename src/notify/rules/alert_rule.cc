#include "notify/rules/alert_rule.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>

#include "base/encoding.h"
#include "notify/topics/topics.h"

namespace eyrie::notify::rules {
namespace {

using What = AlertRule::What;

constexpr std::size_t kMaxName = 64, kMaxSought = 512;
constexpr double kMaxQuiet_s = 30.0 * 24 * 3600;
// Of one expression and what matching it keeps.
constexpr int kExpressionMemory = 1 << 20;

std::unexpected<Error> bad(const std::string& message) { return fail(Code::kInvalidArgument, message); }

Result<std::string> text_in(const json::value& value, const char* what) {
  if (!value.is_string() || value.get_string().empty() || value.get_string().size() > kMaxSought)
    return bad(std::string(what) + " is a text of 1 to 512 bytes.");
  return std::string(value.get_string());
}

Status set_expression(AlertRule& rule) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kExpressionMemory);
  auto expression = std::make_shared<const re2::RE2>(rule.sought, options);
  if (!expression->ok()) return bad("The expression cannot be used: " + expression->error());
  rule.expression = std::move(expression);
  return {};
}

Status parse_when(const json::value& when, AlertRule& rule) {
  if (!when.is_object() || when.get_object().size() != 1) return bad("\"when\" is an object with one member: label, moderation, face or text.");
  const std::string_view what = when.get_object().begin()->key();
  const json::value& value = when.get_object().begin()->value();
  if (what == "label" || what == "moderation" || what == "face") {
    rule.what = what == "label" ? What::kLabel : what == "moderation" ? What::kModeration : What::kFace;
    EYRIE_TRY(rule.sought, text_in(value, "What is looked for"));
    return {};
  }
  if (what != "text" || !value.is_object() || value.get_object().size() != 1) return bad("\"when\" is label, moderation, face, or text with contains or matches.");
  const std::string_view how = value.get_object().begin()->key();
  if (how != "contains" && how != "matches") return bad("\"text\" is an object with one member: contains or matches.");
  rule.what = how == "contains" ? What::kTextContains : What::kTextMatches;
  EYRIE_TRY(rule.sought, text_in(value.get_object().begin()->value(), "The text"));
  if (rule.what == What::kTextMatches) return set_expression(rule);
  return {};
}

Status number_in(const json::object& object, const char* name, double most, double& into) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr) return {};
  const double number = value->is_number() ? value->to_number<double>() : -1;
  if (!(number >= 0 && number <= most)) return bad("\"" + std::string(name) + "\" is a number from 0 to " + std::to_string(static_cast<std::int64_t>(most)) + ".");
  into = number;
  return {};
}

Status known_members(const json::object& object) {
  for (const auto& member : object) {
    static constexpr std::string_view kKnown[] = {"name", "topic", "when", "threshold", "quiet_seconds", "enabled"};
    if (std::ranges::find(kKnown, std::string_view(member.key())) == std::end(kKnown)) return bad("A rule has no member \"" + std::string(member.key()).substr(0, 64) + "\".");
  }
  return {};
}

}  // namespace

bool is_rule_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

Result<AlertRule> parse_rule(std::string_view name, const json::object& object) {
  EYRIE_CHECK_OK(known_members(object));
  AlertRule rule{.name = name.empty() ? text_of(object, "name") : std::string(name)};
  if (!is_rule_name(rule.name)) return bad("A rule's name is 1 to 64 of a-z, 0-9 and -.");
  if (object.contains("name") && text_of(object, "name") != rule.name) return bad("The rule's name is another than the path's.");
  if (object.contains("topic")) rule.topic = text_of(object, "topic");
  if (!topics::is_topic_name(rule.topic)) return bad("\"topic\" is a topic's name.");
  const json::value* const when = object.if_contains("when");
  EYRIE_CHECK_OK(parse_when(when == nullptr ? json::value() : *when, rule));
  double quiet = 0;
  EYRIE_CHECK_OK(number_in(object, "threshold", 100, rule.threshold));
  EYRIE_CHECK_OK(number_in(object, "quiet_seconds", kMaxQuiet_s, quiet));
  rule.quiet_s = static_cast<std::int64_t>(quiet);
  if (const json::value* enabled = object.if_contains("enabled"); enabled != nullptr) {
    if (!enabled->is_bool()) return bad("\"enabled\" is true or false.");
    rule.enabled = enabled->get_bool();
  }
  return rule;
}

json::object rule_json(const AlertRule& rule) {
  json::object when;
  switch (rule.what) {
    case What::kLabel:
      when["label"] = rule.sought;
      break;
    case What::kModeration:
      when["moderation"] = rule.sought;
      break;
    case What::kFace:
      when["face"] = rule.sought;
      break;
    case What::kTextContains:
      when["text"] = json::object{{"contains", rule.sought}};
      break;
    case What::kTextMatches:
      when["text"] = json::object{{"matches", rule.sought}};
      break;
  }
  return {{"name", rule.name}, {"topic", rule.topic}, {"when", std::move(when)}, {"threshold", rule.threshold}, {"quiet_seconds", rule.quiet_s}, {"enabled", rule.enabled}};
}

}  // namespace eyrie::notify::rules
