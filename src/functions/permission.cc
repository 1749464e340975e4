#include "functions/permission.h"

#include <algorithm>

#include "aws/account.h"
#include "iam/policy/pattern.h"

namespace eyrie::functions {
namespace {

const FunctionPolicy* policy_of(const FunctionRecord& function, const std::string& qualifier) {
  const auto found = function.policies.find(qualifier);
  return found == function.policies.end() || found->second.statements.empty() ? nullptr : &found->second;
}

bool names_service(const json::value& statement) {
  const json::value* principal = find(statement, "Principal");
  return principal != nullptr && find_string(*principal, "Service") != nullptr;
}

template <typename Wanted>
std::optional<std::string> document_of(const FunctionRecord& function, const std::string& qualifier, Wanted wanted) {
  const FunctionPolicy* policy = policy_of(function, qualifier);
  json::array statements;
  if (policy != nullptr) {
    for (const auto& [id, text] : policy->statements) {
      auto statement = parse_json(text);
      if (statement && wanted(*statement)) statements.push_back(std::move(*statement));
    }
  }
  if (statements.empty()) return std::nullopt;
  return write_json(json::object{{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", std::move(statements)}});
}

// As ArnLike compares: by the parts of the ARN.
bool like(const std::string& text, const std::string& arn) {
  const auto pattern = iam::Pattern::parse(text, {.variables = false, .arn = true});
  return pattern && pattern->match(arn, {}) == iam::Match::kYes;
}

std::string condition(const json::value& statement, std::string_view op, std::string_view key) {
  const json::value* conditions = find(statement, "Condition");
  const json::value* values = conditions == nullptr ? nullptr : find(*conditions, op);
  const json::string* value = values == nullptr ? nullptr : find_string(*values, key);
  return value == nullptr ? "" : std::string(*value);
}

bool statement_allows(const json::value& statement, std::string_view service, const std::string& source_arn) {
  const json::value* principal = find(statement, "Principal");
  const json::string* named = principal == nullptr ? nullptr : find_string(*principal, "Service");
  const json::string* action = find_string(statement, "Action");
  if (named == nullptr || action == nullptr || *named != service) return false;
  if (*action != "lambda:InvokeFunction" && *action != "lambda:*" && *action != "*") return false;
  const std::string source = condition(statement, "ArnLike", "AWS:SourceArn");
  const std::string account = condition(statement, "StringEquals", "AWS:SourceAccount");
  // A token is told by services that are not here.
  if (!condition(statement, "StringEquals", "lambda:EventSourceToken").empty()) return false;
  return (source.empty() || like(source, source_arn)) && (account.empty() || account == aws::kAccount);
}

}  // namespace

std::string statement_of(const Permission& permission) {
  const std::string& who = permission.principal;
  json::value principal;
  if (who == "*") {
    principal = "*";
  } else if (who.size() == 12 && std::ranges::all_of(who, [](unsigned char c) { return std::isdigit(c) != 0; })) {
    principal = json::object{{"AWS", "arn:aws:iam::" + who + ":root"}};
  } else if (who.starts_with("arn:")) {
    principal = json::object{{"AWS", who}};
  } else {
    principal = json::object{{"Service", who}};
  }
  json::object statement{{"Sid", permission.id},
                         {"Effect", "Allow"},
                         {"Principal", std::move(principal)},
                         {"Action", permission.action},
                         {"Resource", permission.resource}};
  json::object equals, conditions;
  if (!permission.source_account.empty()) equals["AWS:SourceAccount"] = permission.source_account;
  if (!permission.event_source_token.empty()) equals["lambda:EventSourceToken"] = permission.event_source_token;
  if (!equals.empty()) conditions["StringEquals"] = std::move(equals);
  if (!permission.source_arn.empty()) conditions["ArnLike"] = json::object{{"AWS:SourceArn", permission.source_arn}};
  if (!conditions.empty()) statement["Condition"] = std::move(conditions);
  return write_json(statement);
}

std::optional<std::string> policy_text(const FunctionRecord& function, const std::string& qualifier) {
  return document_of(function, qualifier, [](const json::value&) { return true; });
}

std::optional<std::string> policy_of_principals(const FunctionRecord& function, const std::string& qualifier) {
  return document_of(function, qualifier, [](const json::value& statement) { return !names_service(statement); });
}

bool allows_service(const FunctionRecord& function, const std::string& qualifier, std::string_view service, const std::string& source_arn) {
  const FunctionPolicy* policy = policy_of(function, qualifier);
  if (policy == nullptr) return false;
  return std::ranges::any_of(policy->statements, [&](const auto& entry) {
    const auto statement = parse_json(entry.second);
    return statement && statement_allows(*statement, service, source_arn);
  });
}

}  // namespace eyrie::functions
