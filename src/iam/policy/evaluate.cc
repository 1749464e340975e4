#include "iam/policy/evaluate.h"

#include <algorithm>
#include <functional>

namespace eyrie::iam {
namespace {

Match any_of(const std::vector<Pattern>& patterns, std::string_view text, const ConditionValues& values) {
  Match outcome = Match::kNo;
  for (const Pattern& pattern : patterns) {
    const Match match = pattern.match(text, values);
    if (match == Match::kYes) return match;
    if (match == Match::kUnknown) outcome = match;
  }
  return outcome;
}

Match negated_if(bool negated, Match match) {
  if (!negated || match == Match::kUnknown) return match;
  return match == Match::kYes ? Match::kNo : Match::kYes;
}

Match applies(const Statement& statement, const AccessRequest& request) {
  Match outcome = negated_if(statement.not_actions, any_of(statement.actions, request.action, request.values));
  auto also = [&outcome](Match next) {
    if (next == Match::kNo || outcome == Match::kYes) outcome = next;
  };
  if (outcome == Match::kNo) return outcome;
  also(negated_if(statement.not_resources, any_of(statement.resources, request.resource, request.values)));
  for (const Condition& condition : statement.conditions) {
    if (outcome == Match::kNo) return outcome;
    also(condition.judge(request.values));
  }
  return outcome;
}

bool names_account(std::string_view name) {
  return name == aws::kAccount || name == aws::iam_arn("root");
}

bool names(const PrincipalSet& set, const Principal& principal, bool whole_account) {
  if (set.everyone) return true;
  if (principal.kind == Principal::Kind::kAnonymous) return false;
  if (principal.kind == Principal::Kind::kService) return std::ranges::find(set.services, principal.name) != set.services.end();
  return std::ranges::any_of(set.aws, [&](const std::string& name) {
    if (names_account(name)) return whole_account || principal.kind == Principal::Kind::kRoot;
    if (name == principal.arn || name == principal.id) return true;
    // A session of a role is the role as well. Its id is the role's, ":" and the session's name.
    return principal.kind == Principal::Kind::kRole && (name == principal.role_arn || name == std::string_view(principal.id).substr(0, principal.id.find(':')));
  });
}

// Whether a Deny with NotPrincipal leaves them out: it must list all that they are, a user's account, and a session's role and account too.
// Source: IAM user guide, "AWS JSON policy elements: NotPrincipal".
bool leaves_out(const PrincipalSet& set, const Principal& principal) {
  if (!names(set, principal, false)) return false;
  if (set.everyone || principal.kind == Principal::Kind::kService) return true;
  if (std::ranges::none_of(set.aws, names_account)) return false;
  if (principal.kind != Principal::Kind::kRole) return true;
  const std::string role_id = principal.id.substr(0, principal.id.find(':'));
  const auto has = [&](const std::string& name) { return std::ranges::find(set.aws, name) != set.aws.end(); };
  return (has(principal.arn) || has(principal.id)) && (has(principal.role_arn) || has(role_id));
}

bool concerns(const Statement& statement, const Principal& principal) {
  if (statement.not_principals) return statement.allows ? !names(statement.principals, principal, true) : !leaves_out(statement.principals, principal);
  return names(statement.principals, principal, !statement.allows);
}

Verdict evaluate_where(const PolicyDocument& policy, const AccessRequest& request,
                       const std::function<bool(const Statement&)>& concerned) {
  Verdict verdict = Verdict::kSilent;
  for (const Statement& statement : policy.statements()) {
    if (statement.allows && verdict == Verdict::kAllow) continue;
    if (!concerned(statement)) continue;
    const Match match = applies(statement, request);
    if (!statement.allows && match != Match::kNo) return Verdict::kDeny;
    if (statement.allows && match == Match::kYes) verdict = Verdict::kAllow;
  }
  return verdict;
}

}  // namespace

Verdict evaluate(const PolicyDocument& policy, const AccessRequest& request) {
  return evaluate_where(policy, request, [](const Statement&) { return true; });
}

Verdict evaluate_resource_policy(const PolicyDocument& policy, const Principal& principal, const AccessRequest& request) {
  return evaluate_where(policy, request, [&](const Statement& statement) { return concerns(statement, principal); });
}

}  // namespace eyrie::iam
