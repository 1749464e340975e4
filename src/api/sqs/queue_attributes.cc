#include <algorithm>

#include "api/sqs/operations.h"

namespace eyrie::api::sqs {
namespace {

// Every attribute that a queue may have, told or not.
constexpr std::string_view kAttributes[] = {"All",
                                            "ApproximateNumberOfMessages",
                                            "ApproximateNumberOfMessagesDelayed",
                                            "ApproximateNumberOfMessagesNotVisible",
                                            "ContentBasedDeduplication",
                                            "CreatedTimestamp",
                                            "DeduplicationScope",
                                            "DelaySeconds",
                                            "FifoQueue",
                                            "FifoThroughputLimit",
                                            "KmsDataKeyReusePeriodSeconds",
                                            "KmsMasterKeyId",
                                            "LastModifiedTimestamp",
                                            "MaximumMessageSize",
                                            "MessageRetentionPeriod",
                                            "Policy",
                                            "QueueArn",
                                            "ReceiveMessageWaitTimeSeconds",
                                            "RedriveAllowPolicy",
                                            "RedrivePolicy",
                                            "SqsManagedSseEnabled",
                                            "VisibilityTimeout"};
// What AddPermission may let others do.
constexpr std::string_view kSharedActions[] = {"*", "ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl",
                                               "ListDeadLetterSourceQueues", "PurgeQueue", "ReceiveMessage", "SendMessage"};
constexpr std::size_t kMaxActions = 7;
constexpr std::size_t kMaxLabel = 80;

// The policy as JSON, with a list of statements.
json::object policy_of(const notify::QueueDefinition& queue) {
  json::object policy{{"Version", "2012-10-17"}, {"Id", queue.arn() + "/SQSDefaultPolicy"}};
  if (const auto text = queue.texts.find("Policy"); text != queue.texts.end()) {
    if (auto parsed = parse_json(text->second); parsed && parsed->is_object()) policy = parsed->get_object();
  }
  json::value& statements = policy["Statement"];
  if (statements.is_object()) statements = json::array{statements};
  if (!statements.is_array()) statements = json::array();
  return policy;
}

bool is_called(const json::value& statement, std::string_view label) {
  const json::string* sid = find_string(statement, "Sid");
  return sid != nullptr && *sid == label;
}

Wire<void> check_permission(const std::string& label, const std::vector<std::string>& accounts, const std::vector<std::string>& actions) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  if (label.size() > kMaxLabel || !std::ranges::all_of(label, plain))
    return invalid_value(label, "Label", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.");
  if (accounts.empty()) return refuse("MissingRequiredParameterException", "The request must contain the parameter PrincipalId.");
  if (actions.empty()) return refuse("MissingRequiredParameterException", "The request must contain the parameter Actions.");
  if (actions.size() > kMaxActions) return refuse("OverLimit", std::to_string(actions.size()) + " Actions were found, maximum allowed is 7.");
  for (const std::string& account : accounts) {
    if (account.size() != 12 || !std::ranges::all_of(account, [](unsigned char c) { return std::isdigit(c) != 0; }))
      return invalid_value(account, "PrincipalId", "Unable to verify.");
  }
  for (const std::string& action : actions) {
    if (std::ranges::find(kSharedActions, action) == std::end(kSharedActions))
      return invalid_value(action, "ActionName", "Only the queue owner is allowed to invoke this action, or it is none.");
  }
  return {};
}

}  // namespace

JsonResult get_queue_attributes(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const auto wanted, list_member(call.request, "AttributeNames"));
  for (const std::string& one : wanted) {
    if (std::ranges::find(kAttributes, one) == std::end(kAttributes)) return refuse("InvalidAttributeName", "Unknown Attribute " + one + ".");
  }
  EYRIE_TRY(const auto all, wire(queues.attributes(name)));
  const bool everything = std::ranges::find(wanted, "All") != wanted.end();
  json::object told;
  for (const auto& [attribute, value] : all) {
    if (everything || std::ranges::find(wanted, attribute) != wanted.end()) told[attribute] = value;
  }
  json::object answer;
  if (!told.empty()) answer["Attributes"] = std::move(told);
  return answer;
}

JsonResult set_queue_attributes(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const auto attributes, map_member(call.request, "Attributes"));
  if (attributes.empty()) return refuse("MissingRequiredParameterException", "The request must contain the parameter Attribute.Name.");
  EYRIE_CHECK_OK(wire(queues.set(name, attributes)));
  return json::object{};
}

JsonResult add_permission(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const std::string label, required_text(call.request, "Label"));
  EYRIE_TRY(const auto accounts, list_member(call.request, "AWSAccountIds"));
  EYRIE_TRY(const auto actions, list_member(call.request, "Actions"));
  EYRIE_CHECK_OK(check_permission(label, accounts, actions));
  json::array who, what;
  for (const std::string& account : accounts) who.emplace_back("arn:aws:iam::" + account + ":root");
  for (const std::string& action : actions) what.emplace_back("SQS:" + action);
  EYRIE_CHECK_OK(wire(queues.change(name, [&](notify::QueueDefinition& queue) -> notify::QueueOutcome<void> {
    json::object policy = policy_of(queue);
    json::array& statements = policy["Statement"].get_array();
    if (std::ranges::any_of(statements, [&](const json::value& statement) { return is_called(statement, label); }))
      return notify::refuse(notify::QueueProblem::kParameter, "Value " + label + " for parameter Label is invalid. Reason: Already exists.");
    statements.push_back(json::object{{"Sid", label}, {"Effect", "Allow"}, {"Principal", json::object{{"AWS", who}}}, {"Action", what}, {"Resource", queue.arn()}});
    return notify::set_policy(queue, write_json(policy));
  })));
  return json::object{};
}

JsonResult remove_permission(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const std::string label, required_text(call.request, "Label"));
  EYRIE_CHECK_OK(wire(queues.change(name, [&](notify::QueueDefinition& queue) -> notify::QueueOutcome<void> {
    json::object policy = policy_of(queue);
    json::array kept;
    json::array& statements = policy["Statement"].get_array();
    for (const json::value& statement : statements) {
      if (!is_called(statement, label)) kept.push_back(statement);
    }
    if (kept.size() == statements.size())
      return notify::refuse(notify::QueueProblem::kParameter, "Value " + label + " for parameter Label is invalid. Reason: can't find label on existing policy.");
    if (kept.empty()) return notify::set_policy(queue, "");
    policy["Statement"] = std::move(kept);
    return notify::set_policy(queue, write_json(policy));
  })));
  return json::object{};
}

JsonResult tag_queue(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const auto tags, map_member(call.request, "Tags"));
  if (tags.empty()) return refuse("MissingRequiredParameterException", "The request must contain the parameter Tags.");
  EYRIE_CHECK_OK(wire(queues.change(name, [&](notify::QueueDefinition& queue) { return notify::set_tags(queue, tags); })));
  return json::object{};
}

JsonResult untag_queue(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const auto keys, list_member(call.request, "TagKeys"));
  if (keys.empty()) return refuse("MissingRequiredParameterException", "The request must contain the parameter TagKeys.");
  EYRIE_CHECK_OK(wire(queues.change(name, [&](notify::QueueDefinition& queue) -> notify::QueueOutcome<void> {
    for (const std::string& key : keys) queue.tags.erase(key);
    return {};
  })));
  return json::object{};
}

JsonResult list_queue_tags(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const notify::QueuePtr queue, wire(queues.find(name)));
  json::object answer;
  if (!queue->definition.tags.empty()) answer["Tags"] = json_of(queue->definition.tags);
  return answer;
}

}  // namespace eyrie::api::sqs
