// Publishing: one message, or up to ten at once.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "api/common/requester.h"
#include "api/sns/operations.h"
#include "base/encoding.h"

namespace eyrie::api::sns {
namespace {

using notify::topics::Attribute;
using notify::topics::Attributes;
using notify::topics::Publication;

constexpr std::size_t kMaxMessage = 256 << 10;  // bytes: texts and attributes, of a batch together
constexpr std::size_t kMaxSubject = 100;        // characters
constexpr std::size_t kMaxBatch = 10;
constexpr std::size_t kMaxName = 256;

std::unexpected<aws::WireError> bad_value(const std::string& message) { return std::unexpected(aws::WireError{400, "ParameterValueInvalid", message}); }

bool is_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

// Letters, digits, '-', '_' and '.', no period at an end or beside another.
bool is_attribute_name(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](unsigned char c) { return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '_' || c == '.'; });
  return plain && !name.empty() && name.size() <= kMaxName && !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
}

Wire<void> check_attribute(const std::string& name, const Attribute& attribute) {
  const std::string& type = attribute.type;
  const auto is = [&type](std::string_view kind) { return type == kind || type.starts_with(std::string(kind) + "."); };
  if (!is_attribute_name(name)) return bad_value("The message attribute name '" + name.substr(0, kMaxName) + "' is invalid.");
  if (type.empty()) return bad_value("The message attribute '" + name + "' must contain non-empty message attribute type.");
  if (type.size() > kMaxName || !(is("String") || is("Number") || is("Binary")))
    return bad_value("The message attribute '" + name + "' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.");
  if (attribute.value.empty()) return bad_value("The message attribute '" + name + "' must contain non-empty message attribute value for message attribute type '" + type + "'.");
  if (is("Number") && !is_number(attribute.value)) return bad_value("Could not cast message attribute '" + name + "' value to number.");
  if (is("Binary") && !base64_decode(attribute.value)) return bad_value("The message attribute '" + name + "' has a value that is no base64.");
  if (type == "String.Array") {
    const auto parsed = parse_json(attribute.value);
    if (!parsed || !parsed->is_array()) return bad_value("The message attribute '" + name + "' of type String.Array must be a JSON array.");
  }
  return {};
}

Wire<Attributes> attributes_of(const QueryCall& call, const std::string& prefix) {
  Attributes attributes;
  std::set<std::string> names;
  for (std::size_t number = 1;; ++number) {
    const std::string entry = prefix + "MessageAttributes.entry." + std::to_string(number);
    const auto name = call.optional(entry + ".Name");
    if (!name) return attributes;
    Attribute attribute{.type = call.get(entry + ".Value.DataType"), .value = call.get(entry + ".Value.StringValue")};
    if (attribute.type.starts_with("Binary")) attribute.value = call.get(entry + ".Value.BinaryValue");
    EYRIE_CHECK_OK(check_attribute(*name, attribute));
    if (!names.insert(*name).second) return bad_value("Message (user) attribute name '" + *name + "' occurs twice.");
    attributes.emplace_back(*name, std::move(attribute));
  }
}

Wire<std::map<std::string, std::string>> texts_of(const std::string& message, const std::string& structure) {
  if (message.empty()) return invalid("Empty message");
  if (structure.empty()) return std::map<std::string, std::string>{{"default", message}};
  if (structure != "json") return invalid("Message Structure");
  const auto parsed = parse_json(message);
  if (!parsed || !parsed->is_object()) return invalid("Message Structure - JSON message body failed to parse");
  std::map<std::string, std::string> texts;
  for (const auto& each : parsed->get_object()) {
    if (each.value().is_string()) texts[each.key()] = std::string(each.value().get_string());
  }
  if (!texts.contains("default")) return invalid("Message Structure - No default entry in JSON message body");
  return texts;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

struct Parsed {
  Publication publication;
  std::size_t bytes = 0;
};

// `prefix`: of an entry's parameters: "PublishBatchRequestEntries.member.1.", or none.
Wire<Parsed> publication_of(const QueryCall& call, const std::string& prefix) {
  Parsed parsed;
  const std::string message = call.get(prefix + "Message");
  EYRIE_TRY(parsed.publication.attributes, attributes_of(call, prefix));
  if (const auto subject = call.optional(prefix + "Subject")) {
    const bool printable = std::ranges::none_of(*subject, [](unsigned char c) { return c < ' ' || c == 0x7f; });
    if (subject->empty() || characters(*subject) > kMaxSubject || !printable || subject->starts_with(' ')) return invalid("Subject");
    parsed.publication.subject = *subject;
  }
  parsed.publication.trace = cause_of(call.context);
  parsed.bytes = message.size();
  for (const auto& [name, attribute] : parsed.publication.attributes) parsed.bytes += name.size() + attribute.type.size() + attribute.value.size();
  if (parsed.bytes > kMaxMessage) return invalid("Message too long");
  EYRIE_TRY(parsed.publication.texts, texts_of(message, call.get(prefix + "MessageStructure")));
  if (call.optional(prefix + "MessageDeduplicationId")) return invalid("MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type");
  return parsed;
}

Wire<std::string> target_of(const QueryCall& call) {
  if (call.optional("PhoneNumber")) return invalid("PhoneNumber Reason: Eyrie sends no SMS");
  const bool topic = call.optional("TopicArn").has_value(), target = call.optional("TargetArn").has_value();
  if (topic == target) return invalid(topic ? "Only one of TopicArn or TargetArn may be given" : "TopicArn or TargetArn Reason: no value for required parameter");
  return topic_parameter(call, topic ? "TopicArn" : "TargetArn");
}

bool is_entry_id(std::string_view id) {
  return !id.empty() && id.size() <= 80 && std::ranges::all_of(id, [](unsigned char c) { return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '_'; });
}

std::unexpected<aws::WireError> batch_error(const char* code, const char* message) { return std::unexpected(aws::WireError{400, code, message}); }

// The ids of a batch's entries.
Wire<std::vector<std::string>> entry_ids(const QueryCall& call) {
  std::vector<std::string> ids;
  std::set<std::string> distinct;
  for (std::size_t number = 1;; ++number) {
    const std::string member = "PublishBatchRequestEntries.member." + std::to_string(number) + ".";
    const auto first = call.parameters.lower_bound(member);
    if (first == call.parameters.end() || !first->first.starts_with(member)) break;
    ids.push_back(call.get(member + "Id"));
    distinct.insert(ids.back());
  }
  if (ids.empty()) return batch_error("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (ids.size() > kMaxBatch) return batch_error("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.");
  if (!std::ranges::all_of(ids, is_entry_id)) return batch_error("InvalidBatchEntryId", "The Id of a batch entry in a batch request doesn't abide by the specification.");
  if (distinct.size() != ids.size()) return batch_error("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  return ids;
}

}  // namespace

QueryResult publish(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string topic, target_of(call));
  EYRIE_TRY(Parsed parsed, publication_of(call, ""));
  EYRIE_TRY(const auto ids, wire(topics.publish(topic, {std::move(parsed.publication)})));
  xml.text("MessageId", ids.front());
  return {};
}

QueryResult publish_batch(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string topic, topic_parameter(call));
  EYRIE_CHECK_OK(wire(topics.topic(topic)));
  EYRIE_TRY(const std::vector<std::string> ids, entry_ids(call));
  std::vector<Publication> publications;
  std::vector<std::string> good;
  std::vector<std::pair<std::string, aws::WireError>> failed;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto parsed = publication_of(call, "PublishBatchRequestEntries.member." + std::to_string(i + 1) + ".");
    if (!parsed) {
      failed.emplace_back(ids[i], std::move(parsed.error()));
      continue;
    }
    bytes += parsed->bytes;
    good.push_back(ids[i]);
    publications.push_back(std::move(parsed->publication));
  }
  if (bytes > kMaxMessage) return batch_error("BatchRequestTooLong", "The length of all the batch messages put together is more than the limit.");
  std::vector<std::string> messages;
  if (!publications.empty()) {
    EYRIE_TRY(messages, wire(topics.publish(topic, publications)));
  }
  xml.open("Successful");
  for (std::size_t i = 0; i < messages.size(); ++i) xml.open("member").text("Id", good[i]).text("MessageId", messages[i]).close("member");
  xml.close("Successful").open("Failed");
  for (const auto& [id, error] : failed) xml.open("member").text("Id", id).text("Code", error.code).text("Message", error.message).flag("SenderFault", error.status < 500).close("member");
  xml.close("Failed");
  return {};
}

}  // namespace eyrie::api::sns
