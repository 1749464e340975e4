// A topic's policy, statement by statement.
#include <algorithm>

#include "api/sns/operations.h"

namespace eyrie::api::sns {
namespace {

using notify::topics::Topic;

constexpr std::string_view kActions[] = {"AddPermission", "DeleteTopic", "GetTopicAttributes", "ListSubscriptionsByTopic", "Publish", "Receive", "RemovePermission", "SetTopicAttributes", "Subscribe"};

bool is_account(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 80 && std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

// The topic's document; its statements as a list.
Result<json::object> document_of(const Topic& topic) {
  EYRIE_TRY(json::value parsed, parse_json(topic.policy ? topic.policy.text : default_policy(topic.arn())));
  json::object document = parsed.is_object() ? parsed.get_object() : json::object();
  if (json::value& statements = document["Statement"]; !statements.is_array()) {
    json::array list;
    if (statements.is_object()) list.push_back(statements);
    statements = std::move(list);
  }
  return document;
}

bool called(const json::value& statement, const std::string& label) {
  const json::string* const sid = find_string(statement, "Sid");
  return sid != nullptr && *sid == label;
}

}  // namespace

std::string default_policy(const std::string& topic_arn) {
  json::array actions;
  for (const char* name : {"GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"})
    actions.emplace_back("SNS:" + std::string(name));
  json::object statement{{"Sid", "__default_statement_ID"},
                         {"Effect", "Allow"},
                         {"Principal", json::object{{"AWS", "*"}}},
                         {"Action", std::move(actions)},
                         {"Resource", topic_arn},
                         {"Condition", json::object{{"StringEquals", json::object{{"AWS:SourceOwner", kAccount}}}}}};
  json::array statements;
  statements.push_back(std::move(statement));
  return write_json(json::object{{"Version", "2008-10-17"}, {"Id", "__default_policy_ID"}, {"Statement", std::move(statements)}});
}

QueryResult add_permission(Topics& topics, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, topic_parameter(call));
  const std::string label = call.get("Label");
  if (!is_label(label)) return invalid("Label");
  json::array principals, actions;
  for (const std::string& account : list_of(call, "AWSAccountId")) {
    if (!is_account(account)) return invalid("AWSAccountId");
    principals.emplace_back("arn:aws:iam::" + account + ":root");
  }
  for (const std::string& action : list_of(call, "ActionName")) {
    if (action != "*" && std::ranges::find(kActions, action) == std::end(kActions)) return invalid("Policy statement action out of service scope!");
    actions.emplace_back("SNS:" + action);
  }
  if (principals.empty()) return invalid("AWSAccountId");
  if (actions.empty()) return invalid("ActionName");
  return wire(topics.change(name, [&](Topic& topic) -> Status {
    EYRIE_TRY(json::object document, document_of(topic));
    json::array& statements = document["Statement"].get_array();
    if (std::ranges::any_of(statements, [&](const json::value& each) { return called(each, label); })) return fail(Code::kInvalidArgument, "Statement already exists");
    statements.push_back(json::object{{"Sid", label}, {"Effect", "Allow"}, {"Principal", json::object{{"AWS", principals}}}, {"Action", actions}, {"Resource", topic.arn()}});
    return notify::topics::set_policy(topic, write_json(document));
  }));
}

QueryResult remove_permission(Topics& topics, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, topic_parameter(call));
  const std::string label = call.get("Label");
  return wire(topics.change(name, [&](Topic& topic) -> Status {
    EYRIE_TRY(json::object document, document_of(topic));
    json::array left;
    for (const json::value& each : document["Statement"].get_array()) {
      if (!called(each, label)) left.push_back(each);
    }
    if (left.size() == document["Statement"].get_array().size()) return fail(Code::kNotFound, "Statement " + label.substr(0, 80) + " does not exist");
    const bool none = left.empty();
    document["Statement"] = std::move(left);
    return notify::topics::set_policy(topic, none ? "" : write_json(document));
  }));
}

}  // namespace eyrie::api::sns
