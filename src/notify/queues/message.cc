#include "notify/queues/message.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/digest.h"

namespace eyrie::notify {
namespace {

constexpr std::size_t kMaxAttributes = 10;
constexpr std::size_t kMaxAttributeName = 256, kMaxAttributeType = 256;
constexpr std::size_t kMaxTraceHeader = 1024;
constexpr std::uint8_t kReceiptVersion = 1;
constexpr std::size_t kReceiptBytes = 1 + 8 + 8 + 3 + 16;  // a multiple of three: no padding, so one text each

bool sound_name(const std::string& name) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; };
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return !name.empty() && name.size() <= kMaxAttributeName && std::ranges::all_of(name, plain) && !name.starts_with('.') && !name.ends_with('.') &&
         !name.contains("..") && !lower.starts_with("aws.") && !lower.starts_with("amazon.");
}

bool is_number(std::string_view text) {
  // Up to 38 digits, with a point and an exponent.
  std::size_t at = 0, digits = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  bool point = false;
  for (; at < text.size() && (std::isdigit(static_cast<unsigned char>(text[at])) != 0 || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
    } else {
      ++digits;
    }
  }
  if (digits == 0 || digits > 38) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t left = text.size() - at;
  return left >= 1 && left <= 3 && std::ranges::all_of(text.substr(at), [](unsigned char c) { return std::isdigit(c) != 0; });
}

QueueOutcome<void> check_attribute(const std::string& name, const MessageAttribute& attribute) {
  if (!sound_name(name)) {
    return refuse(QueueProblem::kParameter,
                  "Message (user) attribute name '" + name.substr(0, 256) + "' is invalid: it can contain A-Z, a-z, 0-9, underscore, hyphen and period, "
                  "must not begin or end with a period, nor begin with AWS. or Amazon.");
  }
  const std::string base = attribute.type.substr(0, attribute.type.find('.'));
  if (base != "String" && base != "Number" && base != "Binary") {
    return refuse(QueueProblem::kParameter, "The type of message (user) attribute '" + name +
                                                "' is invalid. You must use only the following supported type prefixes: Binary, Number, String.");
  }
  if (attribute.type.size() > kMaxAttributeType)
    return refuse(QueueProblem::kParameter, "The type of message (user) attribute '" + name + "' is too long.");
  if (attribute.value.empty()) {
    return refuse(QueueProblem::kParameter, "Message (user) attribute '" + name + "' must contain a non-empty value of type '" + base + "'.");
  }
  if (base == "Number" && !is_number(attribute.value))
    return refuse(QueueProblem::kParameter, "Can't cast the value of message (user) attribute '" + name + "' to a number.");
  if (base != "Binary" && !is_xml_text(attribute.value))
    return refuse(QueueProblem::kParameter, "The value of message (user) attribute '" + name + "' has characters that are not allowed.");
  return {};
}

void add_length(crypto::Md5& digest, std::size_t length) {
  std::uint8_t bytes[4];
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(length >> (24 - 8 * i));
  digest.update(bytes);
}

void add_part(crypto::Md5& digest, std::string_view text) {
  add_length(digest, text.size());
  digest.update(as_bytes(text));
}

void put(Bytes& into, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) into.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint64_t get(ByteView from, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = bytes; i-- > 0;) value = value << 8 | from[at + static_cast<std::size_t>(i)];
  return value;
}

}  // namespace

std::size_t size_of(const Message& message) {
  std::size_t size = message.body.size();
  for (const auto& [name, attribute] : message.attributes) size += name.size() + attribute.type.size() + attribute.value.size();
  return size;
}

QueueOutcome<void> check_message(const Message& message) {
  if (message.body.empty()) return refuse(QueueProblem::kMissingParameter, "The request must contain the parameter MessageBody.");
  if (!is_xml_text(message.body)) {
    return refuse(QueueProblem::kMessageContents,
                  "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF");
  }
  if (message.attributes.size() > kMaxAttributes) {
    return refuse(QueueProblem::kParameter, "Number of message attributes [" + std::to_string(message.attributes.size()) + "] exceeds the allowed maximum [10].");
  }
  for (const auto& [name, attribute] : message.attributes) {
    if (auto sound = check_attribute(name, attribute); !sound) return sound;
  }
  if (message.delay_s && (*message.delay_s < 0 || *message.delay_s > 900)) {
    return refuse(QueueProblem::kParameter, "Value " + std::to_string(*message.delay_s) +
                                                " for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.");
  }
  if (message.trace_header.size() > kMaxTraceHeader || !is_xml_text(message.trace_header))
    return refuse(QueueProblem::kParameter, "The value of message system attribute 'AWSTraceHeader' is invalid.");
  return {};
}

std::string md5_of_text(std::string_view text) { return hex_encode(crypto::md5(as_bytes(text))); }

std::string md5_of_attributes(const MessageAttributes& attributes) {
  if (attributes.empty()) return "";
  crypto::Md5 digest;
  for (const auto& [name, attribute] : attributes) {  // by name already
    add_part(digest, name);
    add_part(digest, attribute.type);
    const std::uint8_t transport = attribute.is_binary() ? 2 : 1;
    digest.update({&transport, 1});
    add_part(digest, attribute.value);
  }
  return hex_encode(digest.finish());
}

std::string write_message(const Message& message) {
  json::object kept{{"body", message.body}};
  if (!message.attributes.empty()) {
    json::object& attributes = kept["attributes"].emplace_object();
    for (const auto& [name, attribute] : message.attributes) {
      attributes[name] = json::array{attribute.type, attribute.is_binary() ? base64_encode(as_bytes(attribute.value)) : attribute.value};
    }
  }
  if (!message.trace_header.empty()) kept["trace"] = message.trace_header;
  if (!message.group.empty()) kept["group"] = message.group;
  if (!message.sender.empty()) kept["sender"] = message.sender;
  return write_json(kept);
}

Result<Message> read_message(const std::string& text) {
  const auto corrupt = [] { return fail(Code::kCorrupt, "a stored message does not parse"); };
  const auto kept = parse_json(text);
  if (!kept || !kept->is_object()) return corrupt();
  const json::object& object = kept->get_object();
  Message message{.body = text_of(object, "body"), .trace_header = text_of(object, "trace"), .group = text_of(object, "group"), .sender = text_of(object, "sender")};
  const json::value* attributes = find(*kept, "attributes");
  if (attributes == nullptr) return message;
  if (!attributes->is_object()) return corrupt();
  for (const auto& [name, value] : attributes->get_object()) {
    const auto* pair = value.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string()) return corrupt();
    MessageAttribute attribute{.type = std::string((*pair)[0].get_string()), .value = std::string((*pair)[1].get_string())};
    if (attribute.is_binary()) {
      const auto bytes = base64_decode(attribute.value);
      if (!bytes) return corrupt();
      attribute.value = as_text(*bytes);
    }
    message.attributes[std::string(name)] = std::move(attribute);
  }
  return message;
}

std::string write_receipt(const store::MessageReceipt& receipt) {
  Bytes bytes{kReceiptVersion};
  put(bytes, static_cast<std::uint64_t>(receipt.storage), 8);
  put(bytes, static_cast<std::uint64_t>(receipt.row), 8);
  put(bytes, static_cast<std::uint32_t>(receipt.received), 3);
  bytes.insert(bytes.end(), receipt.id.begin(), receipt.id.end());
  return base64_encode(bytes);
}

std::optional<store::MessageReceipt> read_receipt(std::string_view handle) {
  if (handle.size() > 2 * kReceiptBytes) return std::nullopt;
  const auto bytes = base64_decode(handle);
  if (!bytes || bytes->size() != kReceiptBytes || bytes->front() != kReceiptVersion) return std::nullopt;
  store::MessageReceipt receipt{.storage = static_cast<store::StorageId>(get(*bytes, 1, 8)),
                                .row = static_cast<std::int64_t>(get(*bytes, 9, 8)),
                                .received = static_cast<int>(get(*bytes, 17, 3)),
                                .id = {}};
  std::ranges::copy(ByteView(*bytes).subspan(20), receipt.id.begin());
  return receipt;
}

}  // namespace eyrie::notify
