#include <algorithm>

#include "api/sqs/batch.h"
#include "api/sqs/operations.h"
#include "base/encoding.h"
#include "net/worker_pool.h"

namespace eyrie::api::sqs {
namespace {

constexpr std::string_view kVisibilityReason = "VisibilityTimeout must be an integer between 0 and 43200.";
constexpr std::string_view kSystemAttributes[] = {"All", "ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "AWSTraceHeader",
                                                  "DeadLetterQueueSourceArn", "MessageDeduplicationId", "MessageGroupId", "SenderId",
                                                  "SentTimestamp", "SequenceNumber", "SqsManagedSseEnabled"};

struct Wanted {
  std::vector<std::string> system, attributes;
};

bool wants_attribute(const std::vector<std::string>& wanted, const std::string& name) {
  return std::ranges::any_of(wanted, [&](const std::string& one) {
    if (one == "All" || one == ".*" || one == name) return true;
    return one.ends_with(".*") && name.starts_with(one.substr(0, one.size() - 1));
  });
}

json::object system_attributes(const notify::Delivery& delivery, const std::vector<std::string>& wanted) {
  const bool all = std::ranges::find(wanted, "All") != wanted.end();
  json::object told;
  const auto tell = [&](std::string_view name, const std::string& value) {
    if (!value.empty() && (all || std::ranges::find(wanted, name) != wanted.end())) told[name] = value;
  };
  tell("SenderId", delivery.message.sender.empty() ? std::string(kAccount) : delivery.message.sender);
  tell("SentTimestamp", std::to_string(delivery.sent_ms));
  tell("ApproximateReceiveCount", std::to_string(delivery.received));
  tell("ApproximateFirstReceiveTimestamp", std::to_string(delivery.first_received_ms));
  tell("AWSTraceHeader", delivery.message.trace_header);
  tell("MessageGroupId", delivery.message.group);
  tell("DeadLetterQueueSourceArn", delivery.dead_letter_source);
  return told;
}

json::object describe(const notify::Delivery& delivery, const Wanted& wanted) {
  json::object told{{"MessageId", delivery.message_id},
                    {"ReceiptHandle", delivery.receipt_handle},
                    {"MD5OfBody", notify::md5_of_text(delivery.message.body)},
                    {"Body", delivery.message.body}};
  if (json::object system = system_attributes(delivery, wanted.system); !system.empty()) told["Attributes"] = std::move(system);
  notify::MessageAttributes shown;
  json::object attributes;
  for (const auto& [name, attribute] : delivery.message.attributes) {
    if (!wants_attribute(wanted.attributes, name)) continue;
    shown[name] = attribute;
    json::object value{{"DataType", attribute.type}};
    if (attribute.is_binary()) {
      value["BinaryValue"] = base64_encode(as_bytes(attribute.value));
    } else {
      value["StringValue"] = attribute.value;
    }
    attributes[name] = std::move(value);
  }
  if (!shown.empty()) {
    told["MD5OfMessageAttributes"] = notify::md5_of_attributes(shown);  // of what is told, as clients check it
    told["MessageAttributes"] = std::move(attributes);
  }
  return told;
}

Wire<Wanted> wanted_of(const json::object& request) {
  Wanted wanted;
  EYRIE_TRY(wanted.system, list_member(request, "AttributeNames"));
  EYRIE_TRY(const auto more, list_member(request, "MessageSystemAttributeNames"));
  wanted.system.insert(wanted.system.end(), more.begin(), more.end());
  for (const std::string& one : wanted.system) {
    if (std::ranges::find(kSystemAttributes, one) == std::end(kSystemAttributes)) return refuse("InvalidAttributeName", "Unknown Attribute " + one + ".");
  }
  EYRIE_TRY(wanted.attributes, list_member(request, "MessageAttributeNames"));
  return wanted;
}

template <typename Given, typename Read, typename Run>
JsonResult run_batch(const Call& call, std::string_view entry_name, Read read, Run run) {
  EYRIE_TRY(const auto entries, batch_entries(call.request, entry_name));
  std::vector<Wire<Given>> given;
  std::vector<Given> sound;
  for (const BatchEntry& entry : entries) {
    given.push_back(read(*entry.members));
    if (given.back()) sound.push_back(*given.back());
  }
  const std::vector<notify::QueueOutcome<void>> outcomes = run(sound);
  BatchAnswer answer;
  for (std::size_t i = 0, next = 0; i < entries.size(); ++i) {
    if (!given[i]) {
      answer.failed(entries[i].id, given[i].error());
    } else if (const auto& outcome = outcomes[next++]; !outcome) {
      answer.failed(entries[i].id, wire_error(outcome.error()));
    } else {
      answer.succeeded({{"Id", entries[i].id}});
    }
  }
  return answer.finish();
}

Wire<notify::LocalQueues::Hiding> hiding_of(const json::object& members) {
  notify::LocalQueues::Hiding hiding;
  EYRIE_TRY(hiding.handle, required_text(members, "ReceiptHandle"));
  EYRIE_TRY(const auto seconds, number_member(members, "VisibilityTimeout", 0, 43'200, kVisibilityReason));
  if (!seconds) return refuse("MissingRequiredParameterException", "The request must contain the parameter VisibilityTimeout.");
  hiding.seconds = *seconds;
  return hiding;
}

}  // namespace

JsonResult receive_message(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const Wanted wanted, wanted_of(call.request));
  EYRIE_TRY(const auto most, number_member(call.request, "MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided."));
  EYRIE_TRY(const auto visibility, number_member(call.request, "VisibilityTimeout", 0, 43'200, kVisibilityReason));
  EYRIE_TRY(const auto wait, number_member(call.request, "WaitTimeSeconds", 0, 20, "Must be >= 0 and <= 20, if provided."));
  EYRIE_TRY(const notify::QueuePtr queue, wire(queues.find(name)));
  notify::ReceiveRequest request{.most = static_cast<std::size_t>(most.value_or(1)), .visibility_s = visibility};
  EYRIE_TRY(auto deliveries, wire(queues.receive(name, request)));
  request.wait = std::chrono::seconds(wait.value_or(queue->definition.wait_s));
  if (deliveries.empty() && request.wait.count() > 0) {
    const net::WaitingElsewhere waiting;
    EYRIE_TRY(deliveries, wire(queues.receive(name, request)));
  }
  json::array messages;
  for (const notify::Delivery& delivery : deliveries) messages.push_back(describe(delivery, wanted));
  json::object answer;
  if (!messages.empty()) answer["Messages"] = std::move(messages);
  return answer;
}

JsonResult delete_message(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const std::string handle, required_text(call.request, "ReceiptHandle"));
  EYRIE_CHECK_OK(wire(queues.remove_messages(name, {&handle, 1}).front()));
  return json::object{};
}

JsonResult delete_message_batch(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_CHECK_OK(wire(queues.find(name)));
  return run_batch<std::string>(
      call, "DeleteMessageBatchRequestEntry", [](const json::object& members) { return required_text(members, "ReceiptHandle"); },
      [&](const std::vector<std::string>& handles) { return queues.remove_messages(name, handles); });
}

JsonResult change_message_visibility(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_TRY(const notify::LocalQueues::Hiding hiding, hiding_of(call.request));
  EYRIE_CHECK_OK(wire(queues.hide(name, {&hiding, 1}).front()));
  return json::object{};
}

JsonResult change_message_visibility_batch(notify::LocalQueues& queues, const Call& call) {
  EYRIE_TRY(const std::string name, queue_name(call.request));
  EYRIE_CHECK_OK(wire(queues.find(name)));
  return run_batch<notify::LocalQueues::Hiding>(
      call, "ChangeMessageVisibilityBatchRequestEntry", hiding_of,
      [&](const std::vector<notify::LocalQueues::Hiding>& hidings) { return queues.hide(name, hidings); });
}

}  // namespace eyrie::api::sqs
