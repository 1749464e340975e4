#include "notify/queues/queue_definition.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/json.h"

namespace eyrie::notify {
namespace {

constexpr std::size_t kMaxName = 80;
constexpr std::size_t kMaxTags = 50, kMaxTagKey = 128, kMaxTagValue = 256;
constexpr std::size_t kMaxSources = 10;  // of a RedriveAllowPolicy
constexpr std::string_view kFifoSuffix = ".fifo";

// Attributes that are numbers within bounds.
struct NumberRow {
  std::string_view name;
  int QueueDefinition::* member;
  int least, most;
};
constexpr std::array kNumbers{NumberRow{"DelaySeconds", &QueueDefinition::delay_s, 0, 900},
                              NumberRow{"MaximumMessageSize", &QueueDefinition::max_bytes, 1024, kMaxMessageBytes},
                              NumberRow{"MessageRetentionPeriod", &QueueDefinition::retention_s, 60, 1'209'600},
                              NumberRow{"ReceiveMessageWaitTimeSeconds", &QueueDefinition::wait_s, 0, 20},
                              NumberRow{"VisibilityTimeout", &QueueDefinition::visibility_s, 0, 43'200}};

std::unexpected<QueueFailure> bad_value(std::string_view name, std::string_view reason = "") {
  std::string message = "Invalid value for the parameter " + std::string(name) + ".";
  if (!reason.empty()) message += " Reason: " + std::string(reason);
  return refuse(QueueProblem::kAttributeValue, std::move(message));
}

// SQS's own examples write the count as a number and as a text.
std::optional<int> count_of(const json::value& policy) {
  const json::value* count = find(policy, "maxReceiveCount");
  if (count == nullptr) return std::nullopt;
  if (const auto* text = count->if_string()) return whole_number<int>(*text);
  if (const auto* number = count->if_int64(); number != nullptr && *number >= 0 && *number <= 1000) return static_cast<int>(*number);
  return std::nullopt;
}

QueueOutcome<void> set_redrive(QueueDefinition& queue, const std::string& text) {
  if (text.empty()) {
    queue.redrive.reset();
    queue.texts.erase("RedrivePolicy");
    return {};
  }
  const auto policy = parse_json(text);
  if (!policy || !policy->is_object()) return bad_value("RedrivePolicy", "Redrive policy is not a valid JSON map.");
  const json::string* target = find_string(*policy, "deadLetterTargetArn");
  if (target == nullptr || target->empty()) return bad_value("RedrivePolicy", "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  if (find(*policy, "maxReceiveCount") == nullptr)
    return bad_value("RedrivePolicy", "Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  const auto count = count_of(*policy);
  if (!count || *count < 1 || *count > 1000)
    return bad_value("RedrivePolicy", "Invalid value for maxReceiveCount: it must be an integer from 1 to 1000.");
  queue.redrive = {.dead_letters = std::string(*target), .max_received = *count};
  queue.texts["RedrivePolicy"] = write_json(json::object{{"deadLetterTargetArn", *target}, {"maxReceiveCount", *count}});
  return {};
}

QueueOutcome<void> set_redrive_allow(QueueDefinition& queue, const std::string& text) {
  if (text.empty()) {
    queue.texts.erase("RedriveAllowPolicy");
    return {};
  }
  const auto policy = parse_json(text);
  const json::string* permission = policy ? find_string(*policy, "redrivePermission") : nullptr;
  if (permission == nullptr || (*permission != "allowAll" && *permission != "denyAll" && *permission != "byQueue"))
    return bad_value("RedriveAllowPolicy", "redrivePermission must be allowAll, denyAll or byQueue.");
  const json::value* sources = find(*policy, "sourceQueueArns");
  const bool by_queue = *permission == "byQueue";
  if (by_queue != (sources != nullptr)) return bad_value("RedriveAllowPolicy", "sourceQueueArns goes with byQueue, and only with it.");
  if (by_queue) {
    const auto* list = sources->if_array();
    const bool sound = list != nullptr && !list->empty() && list->size() <= kMaxSources &&
                       std::ranges::all_of(*list, [](const json::value& arn) { return arn.is_string(); });
    if (!sound) return bad_value("RedriveAllowPolicy", "sourceQueueArns must name 1 to 10 queues.");
  }
  queue.texts["RedriveAllowPolicy"] = text;
  return {};
}

QueueOutcome<void> set_one(QueueDefinition& queue, const std::string& name, const std::string& value) {
  if (const auto row = std::ranges::find(kNumbers, name, &NumberRow::name); row != kNumbers.end()) {
    const auto number = whole_number<int>(value);
    if (!number || *number < row->least || *number > row->most) return bad_value(name);
    queue.*(row->member) = *number;
    return {};
  }
  if (name == "Policy") return set_policy(queue, value);
  if (name == "RedrivePolicy") return set_redrive(queue, value);
  if (name == "RedriveAllowPolicy") return set_redrive_allow(queue, value);
  if (name == "SqsManagedSseEnabled") {
    if (value != "true" && value != "false") return bad_value(name);
    queue.sse = value == "true";
    return {};
  }
  if (name == "FifoQueue" && value == "false") return {};
  // Set-up scripts give an empty key for none.
  if ((name == "KmsMasterKeyId" && value.empty()) || name == "KmsDataKeyReusePeriodSeconds") return {};
  if (name == "KmsMasterKeyId")
    return refuse(QueueProblem::kUnsupported, "Queues under keys of KMS are not implemented here. Messages are encrypted without.");
  for (const std::string_view fifo : {"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"}) {
    if (name == fifo) return refuse(QueueProblem::kUnsupported, "FIFO queues are not implemented here.");
  }
  return refuse(QueueProblem::kAttributeName, "Unknown Attribute " + name + ".");
}

}  // namespace

QueueOutcome<void> check_queue_name(const std::string& name, const QueueTexts& attributes) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  const bool fifo = name.ends_with(kFifoSuffix);
  const auto asked = attributes.find("FifoQueue");
  const bool asks_fifo = asked != attributes.end() && asked->second == "true";
  const std::string_view base = std::string_view(name).substr(0, name.size() - (fifo ? kFifoSuffix.size() : 0));
  const bool sound = !base.empty() && name.size() <= kMaxName && std::ranges::all_of(base, plain);
  if (sound && fifo && asks_fifo) return refuse(QueueProblem::kUnsupported, "FIFO queues are not implemented here.");
  if (!sound || fifo || asks_fifo) {
    return refuse(QueueProblem::kParameter,
                  asks_fifo ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix "
                              "and be 1 to 80 in length."
                            : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
  return {};
}

QueueOutcome<void> set_policy(QueueDefinition& queue, const std::string& text) {
  if (text.empty()) {
    queue.policy.reset();
    queue.texts.erase("Policy");
    return {};
  }
  auto policy = iam::PolicyDocument::parse(text, iam::PolicyKind::kResource);
  if (!policy) return bad_value("Policy", policy.error().message);
  queue.policy = std::make_shared<const iam::PolicyDocument>(std::move(*policy));
  queue.texts["Policy"] = text;
  return {};
}

QueueOutcome<void> set_attributes(QueueDefinition& queue, const QueueTexts& attributes) {
  QueueDefinition changed = queue;
  for (const auto& [name, value] : attributes) {
    if (auto set = set_one(changed, name, value); !set) return set;
  }
  queue = std::move(changed);
  return {};
}

QueueOutcome<void> set_tags(QueueDefinition& queue, const QueueTexts& tags) {
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > kMaxTagKey || value.size() > kMaxTagValue || key.starts_with("aws:"))
      return refuse(QueueProblem::kParameter, "Tag keys must be 1 to 128 and values at most 256 characters long, and keys must not begin with aws:.");
  }
  QueueTexts merged = queue.tags;
  for (const auto& [key, value] : tags) merged[key] = value;
  if (merged.size() > kMaxTags) return refuse(QueueProblem::kParameter, "Too many tags added for queue.");
  queue.tags = std::move(merged);
  return {};
}

QueueTexts attributes_of(const QueueDefinition& queue) {
  QueueTexts told = queue.texts;
  for (const NumberRow& row : kNumbers) told[std::string(row.name)] = std::to_string(queue.*(row.member));
  told["QueueArn"] = queue.arn();
  told["CreatedTimestamp"] = std::to_string(queue.created_ms / 1000);
  told["LastModifiedTimestamp"] = std::to_string(queue.modified_ms / 1000);
  told["SqsManagedSseEnabled"] = queue.sse ? "true" : "false";
  return told;
}

bool takes_dead_letters(const QueueDefinition& queue, const std::string& source_arn) {
  const auto text = queue.texts.find("RedriveAllowPolicy");
  if (text == queue.texts.end()) return true;
  const auto policy = parse_json(text->second);
  const json::string* permission = policy ? find_string(*policy, "redrivePermission") : nullptr;
  if (permission == nullptr || *permission == "denyAll") return false;
  if (*permission == "allowAll") return true;
  const json::value* sources = find(*policy, "sourceQueueArns");
  return sources != nullptr && sources->is_array() &&
         std::ranges::any_of(sources->get_array(), [&](const json::value& arn) { return arn.is_string() && arn.get_string() == source_arn; });
}

std::string write_definition(const QueueDefinition& queue) {
  json::object kept{{"created_ms", queue.created_ms}, {"modified_ms", queue.modified_ms}, {"sse", queue.sse}, {"texts", json_of(queue.texts)}, {"tags", json_of(queue.tags)}};
  for (const NumberRow& row : kNumbers) kept[row.name] = queue.*(row.member);
  return write_json(kept);
}

Result<QueueDefinition> read_definition(const std::string& name, const std::string& text) {
  const auto kept = parse_json(text);
  if (!kept || !kept->is_object()) return fail(Code::kCorrupt, "the definition of the queue " + name + " does not parse");
  const json::object& object = kept->get_object();
  QueueDefinition queue{.name = name,
                        .created_ms = number_of(object, "created_ms"),
                        .modified_ms = number_of(object, "modified_ms"),
                        .sse = flag_of(object, "sse"),
                        .tags = texts_of(object.if_contains("tags"))};
  for (const NumberRow& row : kNumbers) queue.*(row.member) = static_cast<int>(number_of(object, row.name));
  if (auto set = set_attributes(queue, texts_of(object.if_contains("texts"))); !set) return fail(Code::kCorrupt, "the definition of the queue " + name + ": " + set.error().message);
  return queue;
}

}  // namespace eyrie::notify
