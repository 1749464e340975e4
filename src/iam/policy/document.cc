#include "iam/policy/document.h"

#include <algorithm>
#include <set>

#include "aws/account.h"

namespace eyrie::iam {
namespace {

constexpr std::size_t kMaxText = 1U << 17;  // with white space: bounds what is parsed
constexpr std::string_view kSyntax = "Syntax errors in policy.";
constexpr std::string_view kCurrent = "2012-10-17";
constexpr std::string_view kOld = "2008-10-17";

std::unexpected<Error> malformed(std::string_view message) {
  return fail(Code::kInvalidArgument, std::string(message));
}

// One string, or an array of strings.
Result<std::vector<std::string>> strings(const json::value& value) {
  std::vector<std::string> found;
  if (const auto* text = value.if_string()) return std::vector{std::string(*text)};
  const auto* list = value.if_array();
  if (list == nullptr) return malformed(kSyntax);
  for (const json::value& item : *list) {
    const auto* text = item.if_string();
    if (text == nullptr) return malformed(kSyntax);
    found.emplace_back(*text);
  }
  return found;
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_vendor(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_action_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '*' || c == '?'; });
}

Result<Pattern> parse_action(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (text != "*") {
    if (colon == std::string::npos)
      return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    if (!is_vendor(std::string_view(text).substr(0, colon)))
      return malformed("Vendor " + text.substr(0, colon) + " is not valid");
    if (!is_action_name(std::string_view(text).substr(colon + 1))) return malformed(kSyntax);
  }
  return Pattern::parse(text, {.variables = false, .ignore_case = true});
}

Result<Pattern> parse_resource(const std::string& text, bool variables) {
  if (text != "*" && !text.starts_with("arn:"))
    return malformed("Resource " + text + " must be in ARN format or \"*\".");
  auto pattern = Pattern::parse(text, {.variables = variables});
  if (!pattern) return malformed(kSyntax);
  return pattern;
}

// The member called `name`, or the one called "Not" + name; which of the two. Exactly one must be there.
struct Choice {
  const json::value* value = nullptr;
  bool negated = false;
};
Result<Choice> choose(const json::object& statement, std::string_view name, std::string_view neither) {
  const json::value* plain = statement.if_contains(name);
  const json::value* negated = statement.if_contains("Not" + std::string(name));
  if (plain != nullptr && negated != nullptr) return malformed(kSyntax);
  if (plain == nullptr && negated == nullptr) return malformed(neither);
  return Choice{plain != nullptr ? plain : negated, plain == nullptr};
}

Result<PrincipalSet> parse_principals(const json::value& value) {
  PrincipalSet set;
  if (const auto* text = value.if_string()) {
    if (*text != "*") return malformed("Invalid principal in policy");
    set.everyone = true;
    return set;
  }
  const auto* kinds = value.if_object();
  if (kinds == nullptr || kinds->empty()) return malformed("Invalid principal in policy");
  for (const auto& [kind, names] : *kinds) {
    EYRIE_TRY(const std::vector<std::string> listed, strings(names));
    // Nobody here is of a federation: such a principal is allowed, and never asks.
    if (kind == "Federated") continue;
    if (kind == "Service") {
      set.services.insert(set.services.end(), listed.begin(), listed.end());
      continue;
    }
    // S3's name of an account. It has no other here than its number.
    if (kind == "CanonicalUser" && !listed.empty() && std::ranges::all_of(listed, [](const std::string& name) { return name == aws::kAccount; })) {
      set.aws.insert(set.aws.end(), listed.begin(), listed.end());
      continue;
    }
    if (kind != "AWS" || listed.empty()) return malformed("Invalid principal in policy");
    for (const std::string& name : listed) {
      if (name == "*") {
        set.everyone = true;
      } else if (name.contains('*') || name.empty()) {
        return malformed("Invalid principal in policy");
      } else {
        set.aws.push_back(name);
      }
    }
  }
  return set;
}

Status parse_conditions(const json::value& value, bool variables, std::vector<Condition>& conditions) {
  const auto* operators = value.if_object();
  if (operators == nullptr) return malformed(kSyntax);
  for (const auto& [op, keys] : *operators) {
    const auto* by_key = keys.if_object();
    if (by_key == nullptr) return malformed(kSyntax);
    for (const auto& [key, values] : *by_key) {
      if (!std::string_view(key).contains(':'))
        return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      auto condition = Condition::parse(op, key, values, variables);
      if (!condition) return malformed(std::string(kSyntax) + " (" + condition.error().message + ")");
      conditions.push_back(std::move(*condition));
    }
  }
  return {};
}

Status check_members(const json::object& object, std::initializer_list<std::string_view> allowed) {
  for (const auto& [name, value] : object) {
    if (std::ranges::find(allowed, std::string_view(name)) == allowed.end()) return malformed(kSyntax);
  }
  return {};
}

Result<Statement> parse_statement(const json::value& value, PolicyKind kind, bool variables) {
  const auto* object = value.if_object();
  if (object == nullptr) return malformed(kSyntax);
  EYRIE_CHECK_OK(check_members(*object, {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition",
                                         "Principal", "NotPrincipal"}));
  Statement statement;
  if (const json::value* sid = object->if_contains("Sid")) {
    if (!sid->is_string()) return malformed(kSyntax);
    statement.sid = sid->get_string();
  }
  const json::string* effect = find_string(value, "Effect");
  if (effect == nullptr || (*effect != "Allow" && *effect != "Deny")) return malformed(kSyntax);
  statement.allows = *effect == "Allow";

  const bool named = object->contains("Principal") || object->contains("NotPrincipal");
  if (kind == PolicyKind::kIdentity && named) return malformed("Policy document should not specify a principal.");
  if (kind == PolicyKind::kResource) {
    EYRIE_TRY(const Choice choice, choose(*object, "Principal", "Missing required field Principal"));
    EYRIE_TRY(statement.principals, parse_principals(*choice.value));
    statement.not_principals = choice.negated;
  }
  EYRIE_TRY(const Choice actions, choose(*object, "Action", "Policy statement must contain actions."));
  EYRIE_TRY(const std::vector<std::string> action_texts, strings(*actions.value));
  if (action_texts.empty()) return malformed("Policy statement must contain actions.");
  statement.not_actions = actions.negated;
  for (const std::string& text : action_texts) {
    EYRIE_TRY(Pattern pattern, parse_action(text));
    statement.actions.push_back(std::move(pattern));
  }
  EYRIE_TRY(const Choice resources, choose(*object, "Resource", "Policy statement must contain resources."));
  EYRIE_TRY(const std::vector<std::string> resource_texts, strings(*resources.value));
  if (resource_texts.empty()) return malformed("Policy statement must contain resources.");
  statement.not_resources = resources.negated;
  for (const std::string& text : resource_texts) {
    EYRIE_TRY(Pattern pattern, parse_resource(text, variables));
    statement.resources.push_back(std::move(pattern));
  }
  if (const json::value* conditions = object->if_contains("Condition"))
    EYRIE_CHECK_OK(parse_conditions(*conditions, variables, statement.conditions));
  return statement;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

Result<PolicyDocument> PolicyDocument::parse(std::string_view text, PolicyKind kind) {
  if (text.size() > kMaxText) return fail(Code::kTooLarge, "The policy document is too long.");
  const auto document = parse_json(text);
  if (!document || !document->is_object()) return malformed(kSyntax);
  const json::object& object = document->get_object();
  EYRIE_CHECK_OK(check_members(object, {"Version", "Id", "Statement"}));
  const json::value* version = object.if_contains("Version");
  const bool current = version != nullptr && version->is_string() && version->get_string() == kCurrent;
  const bool old = version == nullptr || (version->is_string() && version->get_string() == kOld);
  if (!current && !old) return malformed(kSyntax);
  if (!current && kind == PolicyKind::kIdentity)
    return malformed("Policy document must be version 2012-10-17 or greater.");
  if (const json::value* id = object.if_contains("Id"); id != nullptr && !id->is_string()) return malformed(kSyntax);

  const json::value* statements = object.if_contains("Statement");
  if (statements == nullptr) return malformed(kSyntax);
  PolicyDocument policy;
  policy.text_ = text;
  std::set<std::string> ids;
  auto add = [&](const json::value& value) -> Status {
    EYRIE_TRY(Statement statement, parse_statement(value, kind, current));
    if (!statement.sid.empty() && !ids.insert(statement.sid).second)
      return malformed("Statement IDs (SID) in a single policy must be unique.");
    policy.statements_.push_back(std::move(statement));
    return {};
  };
  if (const auto* list = statements->if_array()) {
    if (list->empty()) return malformed(kSyntax);
    for (const json::value& value : *list) EYRIE_CHECK_OK(add(value));
  } else {
    EYRIE_CHECK_OK(add(*statements));
  }
  return policy;
}

std::size_t PolicyDocument::characters() const {
  return text_.size() - static_cast<std::size_t>(std::ranges::count_if(text_, is_space));
}

Status PolicyDocument::check_new() const {
  if (!check_unique_members(text_)) return malformed(kSyntax);
  for (const Statement& statement : statements_) {
    if (!std::ranges::all_of(statement.sid, is_letter_or_digit)) {
      return malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*");
    }
  }
  return {};
}

std::vector<const json::object*> statements_in(const json::value& document) {
  std::vector<const json::object*> found;
  const json::value* statements = find(document, "Statement");
  if (statements == nullptr) return found;
  if (const auto* one = statements->if_object()) found.push_back(one);
  if (const auto* list = statements->if_array()) {
    for (const json::value& each : *list) {
      if (const auto* one = each.if_object()) found.push_back(one);
    }
  }
  return found;
}

}  // namespace eyrie::iam
