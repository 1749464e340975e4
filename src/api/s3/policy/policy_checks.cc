#include "api/s3/policy/policy_checks.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "api/s3/policy/policy_names.h"
#include "base/encoding.h"
#include "iam/access_control.h"

namespace eyrie::api::s3 {
namespace {

using Wrong = std::optional<aws::WireError>;

aws::WireError malformed_statement(std::string message) {
  return {400, "MalformedPolicy", std::move(message)};
}

bool is_empty(const json::value& value) {
  return (value.is_array() && value.get_array().empty()) || (value.is_object() && value.get_object().empty()) || (value.is_string() && value.get_string().empty());
}

// --- elements ---

Wrong check_members(const json::object& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object) {
    if (std::ranges::find(known, std::string_view(name)) == known.end()) return malformed_statement("Unknown field " + std::string(name));
  }
  return std::nullopt;
}

Wrong check_elements(const json::object& statement) {
  if (auto wrong = check_members(statement, {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"})) return wrong;
  const json::value* effect = statement.if_contains("Effect");
  if (effect == nullptr) return malformed_statement("Missing required field Effect");
  if (const auto* text = effect->if_string(); text == nullptr || (*text != "Allow" && *text != "Deny"))
    return malformed_statement("Invalid effect: " + (text == nullptr ? std::string() : std::string(*text)));
  for (const char* name : {"Principal", "Action", "Resource"}) {
    const json::value* element = statement.if_contains(name);
    if (element == nullptr) element = statement.if_contains("Not" + std::string(name));
    if (element == nullptr) return malformed_statement("Missing required field " + std::string(name));
    if (is_empty(*element)) return malformed_statement("Missing required field " + std::string(name) + " cannot be empty!");
  }
  return std::nullopt;
}

Wrong check_document(const json::object& document) {
  if (auto wrong = check_members(document, {"Version", "Id", "Statement"})) return wrong;
  if (const json::value* version = document.if_contains("Version")) {
    const auto* text = version->if_string();
    if (text == nullptr || (*text != "2012-10-17" && *text != "2008-10-17")) return malformed_statement("The policy must contain a valid version string");
  }
  const json::value* element = document.if_contains("Statement");
  if (element == nullptr) return malformed_statement("Missing required field Statement");
  if (is_empty(*element)) return malformed_statement("Could not parse the policy: Statement is empty!");
  return std::nullopt;
}

// --- principals ---

bool is_service(const std::string& name) {
  constexpr std::string_view kEnd = ".amazonaws.com";
  return name.ends_with(kEnd) && name.size() > kEnd.size() && std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; });
}

bool are_principals(const json::value& principal, const PrincipalFinder& exists) {
  const auto* kinds = principal.if_object();
  if (kinds == nullptr) return true;  // "*", or nothing that the grammar takes
  for (const auto& [kind, names] : *kinds) {
    for (const std::string& name : one_or_more_texts(&names)) {
      if (kind == "AWS" && name != "*" && !exists(name)) return false;
      if (kind == "Service" && !is_service(name)) return false;
      if (kind == "CanonicalUser" && name != aws::kAccount) return false;
    }
  }
  return true;
}

// --- actions and resources ---

struct Reach {
  bool bucket = false, object = false;
};

// Of resources that are this bucket's; nullopt where one is not.
std::optional<Reach> reach_of(const std::vector<std::string>& resources, const std::string& bucket) {
  const std::string arn = iam::bucket_arn(bucket);
  Reach reach;
  for (const std::string& resource : resources) {
    const bool both = resource == arn + "*";
    if (!both && resource != arn && !resource.starts_with(arn + "/")) return std::nullopt;
    reach.bucket = reach.bucket || both || resource == arn;
    reach.object = reach.object || both || resource != arn;
  }
  return reach;
}

// Whether an action's name, in which there may be wildcards, stands for one of S3's that is on this, and among these where there are any.
bool stands_for(const std::string& action, ActionOn on, std::span<const std::string_view> among = {}) {
  const auto pattern = iam::Pattern::parse(action, {.variables = false, .ignore_case = true});
  const iam::ConditionValues none;
  return pattern && any_action(on, [&](std::string_view name) {
           return (among.empty() || std::ranges::find(among, name) != among.end()) && pattern->match("s3:" + std::string(name), none) == iam::Match::kYes;
         });
}

bool applies(const std::string& action, const Reach& reach, std::span<const std::string_view> among = {}) {
  return (reach.bucket && stands_for(action, ActionOn::kBucket, among)) || (reach.object && stands_for(action, ActionOn::kObject, among));
}

Wrong check_statement(const json::object& statement, const std::string& bucket, const PrincipalFinder& exists) {
  for (const char* name : {"Principal", "NotPrincipal"}) {
    const json::value* principal = statement.if_contains(name);
    if (principal != nullptr && !are_principals(*principal, exists)) return malformed_statement("Invalid principal in policy");
  }
  // Everybody but some: S3 takes that for what is denied alone.
  if (statement.contains("NotPrincipal") && text_of(statement, "Effect") == "Allow") return malformed_statement("Allow with NotPrincipal is not allowed.");
  const auto actions = one_or_more_texts(statement.if_contains("Action")), not_actions = one_or_more_texts(statement.if_contains("NotAction"));
  for (const auto* list : {&actions, &not_actions}) {
    for (const std::string& action : *list) {
      const bool known = std::ranges::any_of(std::array{ActionOn::kBucket, ActionOn::kObject, ActionOn::kOther}, [&](ActionOn on) { return stands_for(action, on); });
      if (!known) return malformed_statement("Policy has invalid action");
    }
  }
  const auto resources = one_or_more_texts(statement.if_contains("Resource"));
  const auto reach = reach_of(resources, bucket);
  if (!reach || !reach_of(one_or_more_texts(statement.if_contains("NotResource")), bucket)) return malformed_statement("Policy has invalid resource");
  // With NotAction or NotResource, something is always left.
  const bool plain = !actions.empty() && !resources.empty();
  if (const auto* conditions = statement.contains("Condition") ? statement.at("Condition").if_object() : nullptr) {
    for (const auto& [op, keys] : *conditions) {
      if (!keys.is_object()) continue;
      for (const auto& [key, values] : keys.get_object()) {
        const auto among = actions_of_key(key);
        if (!among) return malformed_statement("Policy has an invalid condition key");
        if (!plain || among->empty() || std::ranges::any_of(actions, [&](const std::string& action) { return applies(action, *reach, *among); })) continue;
        return malformed_statement("Conditions do not apply to combination of actions and resources in statement");
      }
    }
  }
  if (plain && !std::ranges::all_of(actions, [&](const std::string& action) { return applies(action, *reach); }))
    return malformed_statement("Action does not apply to any resource(s) in statement");
  return std::nullopt;
}

}  // namespace

Wrong check_bucket_policy(const json::value& document, const std::string& bucket, const PrincipalFinder& exists) {
  if (!document.is_object()) return malformed_statement("Policies must be valid JSON and the first byte must be '{'");
  if (auto wrong = check_document(document.get_object())) return wrong;
  const std::vector<const json::object*> statements = iam::statements_in(document);
  for (const json::object* statement : statements) {
    if (auto wrong = check_elements(*statement)) return wrong;
  }
  for (const json::object* statement : statements) {
    if (auto wrong = check_statement(*statement, bucket, exists)) return wrong;
  }
  return std::nullopt;
}

}  // namespace eyrie::api::s3
