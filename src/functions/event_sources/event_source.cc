#include "functions/event_sources/event_source.h"

#include <algorithm>

#include "aws/account.h"
#include "base/encoding.h"
#include "base/json.h"
#include "store/record_json.h"

namespace eyrie::functions {
namespace {

json::object attributes_of(const notify::MessageAttributes& attributes) {
  json::object told;
  for (const auto& [name, attribute] : attributes) {
    json::object value;
    if (attribute.is_binary()) {
      value["binaryValue"] = base64_encode(as_bytes(attribute.value));
    } else {
      value["stringValue"] = attribute.value;
    }
    value["stringListValues"] = json::array();
    value["binaryListValues"] = json::array();
    value["dataType"] = attribute.type;
    told[name] = std::move(value);
  }
  return told;
}

json::object record_of(const std::string& queue_arn, const notify::Delivery& delivery) {
  const notify::Message& message = delivery.message;
  json::object system{{"ApproximateReceiveCount", std::to_string(delivery.received)},
                      {"SentTimestamp", std::to_string(delivery.sent_ms)},
                      {"SenderId", message.sender.empty() ? std::string(aws::kAccount) : message.sender},
                      {"ApproximateFirstReceiveTimestamp", std::to_string(delivery.first_received_ms)}};
  if (!message.trace_header.empty()) system["AWSTraceHeader"] = message.trace_header;
  if (!message.group.empty()) system["MessageGroupId"] = message.group;
  if (!delivery.dead_letter_source.empty()) system["DeadLetterQueueSourceArn"] = delivery.dead_letter_source;
  json::object record{{"messageId", delivery.message_id},
                      {"receiptHandle", delivery.receipt_handle},
                      {"body", message.body},
                      {"attributes", std::move(system)},
                      {"messageAttributes", attributes_of(message.attributes)},
                      {"md5OfBody", notify::md5_of_text(message.body)},
                      {"eventSource", "aws:sqs"},
                      {"eventSourceARN", queue_arn},
                      {"awsRegion", aws::kRegion}};
  if (!message.attributes.empty()) record["md5OfMessageAttributes"] = notify::md5_of_attributes(message.attributes);
  return record;
}

}  // namespace

std::string write_event_source(const EventSource& source) {
  json::object kept{{"function", source.function},   {"queue", source.queue},
                    {"enabled", source.enabled},     {"batch", source.batch},
                    {"window_s", source.window_s},   {"reports_failures", source.reports_failures},
                    {"modified_ms", source.modified_ms}};
  if (source.concurrency) kept["concurrency"] = *source.concurrency;
  return write_json(kept);
}

Result<EventSource> read_event_source(const store::Record& record) {
  EYRIE_TRY(const json::object object, store::object_of(record, "event source mapping"));
  EventSource source{.id = record.name,
                     .function = text_of(object, "function"),
                     .queue = text_of(object, "queue"),
                     .enabled = flag_of(object, "enabled"),
                     .batch = static_cast<int>(number_of(object, "batch")),
                     .window_s = static_cast<int>(number_of(object, "window_s")),
                     .reports_failures = flag_of(object, "reports_failures"),
                     .modified_ms = number_of(object, "modified_ms")};
  if (object.contains("concurrency")) source.concurrency = static_cast<int>(number_of(object, "concurrency"));
  return source;
}

std::string sqs_event(const std::string& queue_arn, std::span<const notify::Delivery> deliveries) {
  json::array records;
  for (const notify::Delivery& delivery : deliveries) records.push_back(record_of(queue_arn, delivery));
  return write_json(json::object{{"Records", std::move(records)}});
}

std::size_t size_in_event(const notify::Delivery& delivery) {
  constexpr std::size_t kAround = 1024;  // the record's other members
  return write_json(json::value(delivery.message.body)).size() + 2 * (notify::size_of(delivery.message) - delivery.message.body.size()) + kAround;
}

std::optional<std::set<std::string>> failed_items(const std::string& answer, std::span<const notify::Delivery> deliveries) {
  std::set<std::string> failed;
  if (answer.empty()) return failed;
  const auto parsed = parse_json(answer, kMaxPayloadDepth);
  if (!parsed) return std::nullopt;
  if (parsed->is_null()) return failed;
  if (!parsed->is_object()) return failed;  // says nothing of failures
  const json::value* items = find(*parsed, "batchItemFailures");
  if (items == nullptr || items->is_null()) return failed;
  if (!items->is_array()) return std::nullopt;
  for (const json::value& item : items->get_array()) {
    const json::string* id = item.is_object() ? find_string(item, "itemIdentifier") : nullptr;
    if (id == nullptr || id->empty()) return std::nullopt;
    const bool known = std::ranges::any_of(deliveries, [&](const notify::Delivery& delivery) { return delivery.message_id == *id; });
    if (!known) return std::nullopt;
    failed.emplace(*id);
  }
  return failed;
}

}  // namespace eyrie::functions
