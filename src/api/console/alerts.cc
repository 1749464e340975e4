// Alert rules. What is done to one shows in the audit log by its name.
#include "api/console/operations.h"

namespace eyrie::api::console {
namespace {

using notify::rules::AlertRule;
using notify::rules::AlertRules;

std::string rule_arn(const std::string& name) { return aws::regional_arn("eyrie", "alert-rule/" + name); }

// The rules, where the visitor may do this to the one that the path names.
Outcome<AlertRules*> rules_for(const Call& call, std::string_view action) {
  EYRIE_CHECK_OK(call.may_on(action, rule_arn(call.id.empty() ? "*" : call.id)));
  if (call.backend.alerts == nullptr) return refused(Code::kNotFound, "There are no alert rules here.");
  return call.backend.alerts;
}

json::object shown(const AlertRule& rule) {
  json::object object = notify::rules::rule_json(rule);
  object["configured"] = rule.configured;
  return object;
}

}  // namespace

Outcome<Answer> list_alerts(const Call& call) {
  EYRIE_TRY(const AlertRules* rules, rules_for(call, "console:ListAlertRules"));
  json::array list;
  for (const AlertRule& rule : rules->rules()) list.push_back(shown(rule));
  return Answer{.body = json::object{{"alerts", std::move(list)}}};
}

Outcome<Answer> get_alert(const Call& call) {
  EYRIE_TRY(const AlertRules* rules, rules_for(call, "console:GetAlertRule"));
  EYRIE_TRY(const AlertRule rule, told(rules->rule(call.id)));
  return Answer{.body = shown(rule)};
}

Outcome<Answer> put_alert(const Call& call) {
  EYRIE_TRY(AlertRules* rules, rules_for(call, "console:PutAlertRule"));
  const auto parsed = parse_json(as_text(call.body));
  if (!parsed || !parsed->is_object()) return refused(Code::kInvalidArgument, "The body is no JSON object.");
  EYRIE_TRY(const AlertRule rule, told(notify::rules::parse_rule(call.id, parsed->get_object())));
  EYRIE_CHECK_OK(told(rules->put(rule)));
  call.note("console:PutAlertRule", rule_arn(call.id));
  return Answer{.body = shown(rule)};
}

Outcome<Answer> delete_alert(const Call& call) {
  EYRIE_TRY(AlertRules* rules, rules_for(call, "console:DeleteAlertRule"));
  EYRIE_CHECK_OK(told(rules->remove(call.id)));
  call.note("console:DeleteAlertRule", rule_arn(call.id));
  return Answer{.status = 204, .body = nullptr};
}

Outcome<Answer> test_alert(const Call& call) {
  EYRIE_TRY(AlertRules* rules, rules_for(call, "console:TestAlertRule"));
  EYRIE_CHECK_OK(told(rules->test(call.id)));
  call.note("console:TestAlertRule", rule_arn(call.id));
  return Answer{.status = 204, .body = nullptr};
}

}  // namespace eyrie::api::console
