#include <algorithm>

#include "api/sqs/batch.h"
#include "api/sqs/operations.h"
#include "base/encoding.h"

namespace eyrie::api::sqs {
namespace {

constexpr std::string_view kTraceHeader = "AWSTraceHeader";
constexpr std::size_t kMaxGroup = 128;

Wire<notify::MessageAttributes> attributes_member(const json::object& request, std::string_view name) {
  notify::MessageAttributes attributes;
  const json::value* map = request.if_contains(name);
  if (map == nullptr || map->is_null()) return attributes;
  if (!map->is_object()) return refuse("SerializationException", "The member " + std::string(name) + " is of another type.");
  for (const auto& [key, value] : map->get_object()) {
    if (!value.is_object()) return refuse("SerializationException", "The member " + std::string(name) + " is of another type.");
    const json::object& members = value.get_object();
    EYRIE_TRY(const auto type, text_member(members, "DataType"));
    EYRIE_TRY(const auto text, text_member(members, "StringValue"));
    EYRIE_TRY(const auto binary, text_member(members, "BinaryValue"));
    const std::string attribute(key);
    if (!type || type->empty())
      return refuse("InvalidParameterValueException", "The message (user) attribute '" + attribute.substr(0, 256) + "' must contain a non-empty message attribute type.");
    notify::MessageAttribute made{.type = *type, .value = ""};
    const auto& given = made.is_binary() ? binary : text;
    if (!given || (made.is_binary() ? text : binary)) {
      return refuse("InvalidParameterValueException", "The message (user) attribute '" + attribute.substr(0, 256) + "' with type '" + type->substr(0, 256) +
                                                          "' must use field '" + (made.is_binary() ? "Binary" : "String") + "'.");
    }
    made.value = *given;
    if (made.is_binary()) {
      const auto bytes = base64_decode(*given);
      if (!bytes) return refuse("InvalidParameterValueException", "The value of message (user) attribute '" + attribute.substr(0, 256) + "' is no base64.");
      made.value = as_text(*bytes);
    }
    attributes[attribute] = std::move(made);
  }
  return attributes;
}

Wire<notify::Message> message_of(const json::object& request, const Call& call) {
  notify::Message message{.body = "", .sender = call.context.caller->principal().id};
  EYRIE_TRY(message.body, required_text(request, "MessageBody"));
  EYRIE_TRY(message.attributes, attributes_member(request, "MessageAttributes"));
  EYRIE_TRY(message.delay_s, number_member(request, "DelaySeconds", 0, 900, "DelaySeconds must be >= 0 and <= 900."));
  EYRIE_TRY(const auto system, attributes_member(request, "MessageSystemAttributes"));
  for (const auto& [name, attribute] : system) {
    if (name != kTraceHeader || attribute.type != "String")
      return refuse("InvalidParameterValueException", "Message system attribute name '" + name.substr(0, 256) + "' is invalid.");
    message.trace_header = attribute.value;
  }
  // A function's own trace goes with what it sends, so that a loop through queues is told (base/trace/trace_lineage.h).
  if (message.trace_header.empty() && call.context.trace.is_named) message.trace_header = write_xray_header(call.context.trace.own);
  EYRIE_TRY(const auto group, text_member(request, "MessageGroupId"));
  if (group) {
    // Of "fair queues": told to consumers; order is that of sending as before.
    const bool sound = !group->empty() && group->size() <= kMaxGroup && std::ranges::all_of(*group, [](char c) { return c > ' ' && c < 0x7f; });
    if (!sound)
      return invalid_value(*group, "MessageGroupId", "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    message.group = *group;
  }
  EYRIE_TRY(const auto deduplication, text_member(request, "MessageDeduplicationId"));
  if (deduplication) return invalid_value(*deduplication, "MessageDeduplicationId", "The request include parameter that is not valid for this queue type.");
  return message;
}

// `asked`: what the message was made of.
json::object sent(const notify::Message& message, const std::string& id, const json::object& asked) {
  json::object answer{{"MessageId", id}, {"MD5OfMessageBody", notify::md5_of_text(message.body)}};
  if (!message.attributes.empty()) answer["MD5OfMessageAttributes"] = notify::md5_of_attributes(message.attributes);
  if (asked.contains("MessageSystemAttributes") && !message.trace_header.empty()) {
    answer["MD5OfMessageSystemAttributes"] =
        notify::md5_of_attributes({{std::string(kTraceHeader), {.type = "String", .value = message.trace_header}}});
  }
  return answer;
}

}  // namespace

JsonResult send_message(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const notify::Message message, message_of(call.request, call));
  EYRIE_TRY(const std::string id, wire(queues.send_all(name, {&message, 1}).front()));
  return sent(message, id, call.request);
}

JsonResult send_message_batch(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_CHECK_OK(wire(queues.find(name)));
  EYRIE_TRY(const auto entries, batch_entries(call.request, "SendMessageBatchRequestEntry"));
  std::vector<Wire<notify::Message>> read;
  std::vector<notify::Message> messages;
  std::size_t size = 0;
  for (const BatchEntry& entry : entries) {
    read.push_back(message_of(*entry.members, call));
    if (!read.back()) continue;
    size += notify::size_of(*read.back());
    messages.push_back(*read.back());
  }
  if (size > notify::kMaxMessageBytes) {
    return refuse("BatchRequestTooLong", "Batch requests cannot be longer than " + std::to_string(notify::kMaxMessageBytes) + " bytes. You have sent " +
                                             std::to_string(size) + " bytes.");
  }
  const auto outcomes = queues.send_all(name, messages);
  BatchAnswer answer;
  for (std::size_t i = 0, next = 0; i < entries.size(); ++i) {
    if (!read[i]) {
      answer.failed(entries[i].id, read[i].error());
      continue;
    }
    const auto& outcome = outcomes[next++];
    if (!outcome) {
      answer.failed(entries[i].id, wire_error(outcome.error()));
      continue;
    }
    json::object entry = sent(*read[i], *outcome, *entries[i].members);
    entry["Id"] = entries[i].id;
    answer.succeeded(std::move(entry));
  }
  return answer.finish();
}

}  // namespace eyrie::api::sqs
