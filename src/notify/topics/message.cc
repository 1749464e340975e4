#include "notify/topics/message.h"

#include <algorithm>

#include "base/time/clock.h"
#include "base/encoding.h"

namespace eyrie::notify::topics {
namespace {

using Type = Message::Type;

const char* type_name(Type type) {
  switch (type) {
    case Type::kNotification:
      return "Notification";
    case Type::kConfirmation:
      return "SubscriptionConfirmation";
    case Type::kUnsubscribed:
      return "UnsubscribeConfirmation";
  }
  return "";
}

// Members of the document in SNS's order, before its signature.
std::vector<std::pair<std::string, std::string>> members_of(const Message& message, const Subscription& subscription, const Links& links) {
  const std::string arn = topic_arn(message.topic);
  const std::string time = format_iso8601(message.time_ms);
  std::vector<std::pair<std::string, std::string>> members{{"Type", type_name(message.type)}, {"MessageId", message.id}};
  if (message.type == Type::kNotification) {
    members.emplace_back("TopicArn", arn);
    if (message.subject) members.emplace_back("Subject", *message.subject);
    members.emplace_back("Message", message.text_for(subscription.protocol));
    members.emplace_back("Timestamp", time);
    return members;
  }
  members.emplace_back("Token", message.token);
  members.emplace_back("TopicArn", arn);
  const bool begins = message.type == Type::kConfirmation;
  members.emplace_back("Message", (begins ? "You have chosen to subscribe to the topic " + arn + ".\nTo confirm the subscription, visit the SubscribeURL included in this message."
                                          : "You have chosen to deactivate subscription " + subscription.arn() +
                                                ".\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message."));
  members.emplace_back("SubscribeURL", links.confirm(arn, message.token));
  members.emplace_back("Timestamp", time);
  return members;
}

// "Name\nValue\n" of each member, by name.
std::string signed_text(std::vector<std::pair<std::string, std::string>> members) {
  std::ranges::sort(members);
  std::string text;
  for (const auto& [name, value] : members) text += name + "\n" + value + "\n";
  return text;
}

json::object attributes_json(const Attributes& attributes) {
  json::object object;
  for (const auto& [name, attribute] : attributes) object[name] = json::object{{"Type", attribute.type}, {"Value", attribute.value}};
  return object;
}

// ---- mail

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c < 0x7f; });
}

// A header's text: as it is, or RFC 2047 in pieces that end between characters.
std::string header_text(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    std::size_t size = std::min<std::size_t>(42, text.size());
    while (size < text.size() && size > 1 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    out += (out.empty() ? "" : "\r\n ") + std::string("=?UTF-8?B?") + base64_encode(as_bytes(text.substr(0, size))) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string base64_lines(std::string_view text) {
  const std::string encoded = base64_encode(as_bytes(text));
  std::string lines;
  for (std::size_t at = 0; at < encoded.size(); at += 76) lines += encoded.substr(at, 76) + "\r\n";
  return lines;
}

std::string quoted(const std::string& name) {
  if (!is_ascii(name)) return header_text(name);
  std::string out = "\"";
  for (const char c : name) out += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  return out + "\"";
}

std::string mail_text(const Message& message, const Subscription& subscription, const Links& links) {
  const std::string arn = topic_arn(message.topic);
  if (message.type == Type::kConfirmation) {
    return "You have chosen to subscribe to the topic:\n" + arn + "\n\nTo confirm this subscription, visit the address below within two days. If this was in error no action is necessary.\n" +
           links.confirm(arn, message.token) + "\n";
  }
  if (message.type == Type::kUnsubscribed) {
    return "Your subscription to the topic below has been deactivated:\n" + arn + "\n\nIf this was in error, visit the address below within two days to subscribe again.\n" +
           links.confirm(arn, message.token) + "\n";
  }
  std::string text = message.text_for(subscription.protocol) + "\n";
  if (!subscription.authenticated) text += "\n--\nTo stop receiving notifications from this topic, visit:\n" + links.unsubscribe(subscription.arn()) + "\n";
  return text;
}

// RFC 5322: a zone as a number.
std::string mail_date(std::int64_t ms) {
  std::string date = format_http_date(ms);
  return date.substr(0, date.rfind(' ')) + " +0000";
}

std::string mail_subject(const Message& message) {
  if (message.type == Type::kConfirmation) return "Notification - Subscription Confirmation";
  if (message.type == Type::kUnsubscribed) return "Notification - Unsubscribe Confirmation";
  return message.subject.value_or("Notification Message");
}

}  // namespace

const std::string& Message::text_for(const std::string& protocol) const {
  const auto own = texts.find(protocol);
  if (own != texts.end()) return own->second;
  static const std::string kNone;
  const auto general = texts.find("default");
  return general == texts.end() ? kNone : general->second;
}

std::string write_message(const Message& message) {
  json::object texts;
  for (const auto& [protocol, text] : message.texts) texts[protocol] = text;
  json::array attributes;
  for (const auto& [name, attribute] : message.attributes) attributes.push_back({name, attribute.type, attribute.value});
  json::object object{{"type", static_cast<int>(message.type)},
                      {"id", message.id},
                      {"topic", message.topic},
                      {"texts", std::move(texts)},
                      {"attributes", std::move(attributes)},
                      {"time_ms", message.time_ms},
                      {"token", message.token}};
  if (message.subject) object["subject"] = *message.subject;
  if (!message.trace.empty()) object["trace"] = message.trace;
  return write_json(object);
}

Result<Message> read_message(const std::string& text) {
  const auto parsed = parse_json(text);
  const json::value* const texts = parsed ? find(*parsed, "texts") : nullptr;
  const json::value* const attributes = parsed ? find(*parsed, "attributes") : nullptr;
  if (texts == nullptr || !texts->is_object() || attributes == nullptr || !attributes->is_array()) return fail(Code::kCorrupt, "a stored message cannot be read");
  const json::object& object = parsed->get_object();
  Message message{.type = static_cast<Type>(std::clamp<std::int64_t>(number_of(object, "type"), 0, 2)),
                  .id = text_of(object, "id"),
                  .topic = text_of(object, "topic"),
                  .time_ms = number_of(object, "time_ms"),
                  .token = text_of(object, "token"),
                  .trace = text_of(object, "trace")};
  if (const json::string* subject = find_string(*parsed, "subject")) message.subject = std::string(*subject);
  for (const auto& each : texts->get_object()) message.texts[each.key()] = text_of(texts->get_object(), each.key());
  for (const json::value& each : attributes->get_array()) {
    const json::array* const parts = each.if_array();
    if (parts == nullptr || parts->size() != 3 || !std::ranges::all_of(*parts, [](const json::value& part) { return part.is_string(); }))
      return fail(Code::kCorrupt, "a stored message's attributes cannot be read");
    message.attributes.emplace_back((*parts)[0].get_string(), Attribute{.type = std::string((*parts)[1].get_string()), .value = std::string((*parts)[2].get_string())});
  }
  return message;
}

std::string Links::confirm(const std::string& topic_arn, const std::string& token) const {
  return base + kLinksPath + "?Action=ConfirmSubscription&TopicArn=" + topic_arn + "&Token=" + token;
}

std::string Links::unsubscribe(const std::string& subscription_arn) const {
  return base + kLinksPath + "?Action=Unsubscribe&SubscriptionArn=" + subscription_arn;
}

std::string Links::certificate(const std::string& file) const { return base + kLinksPath + file; }

std::string render_json(const Message& message, const Subscription& subscription, const Rendering& rendering) {
  const auto members = members_of(message, subscription, rendering.links);
  json::object document;
  for (const auto& [name, value] : members) document[name] = value;
  document["SignatureVersion"] = rendering.signature_version;
  document["Signature"] = rendering.signer.sign(rendering.signature_version, signed_text(members));
  document["SigningCertURL"] = rendering.links.certificate(rendering.signer.certificate_file());
  if (message.type == Type::kNotification) {
    document["UnsubscribeURL"] = rendering.links.unsubscribe(subscription.arn());
    if (!message.attributes.empty()) document["MessageAttributes"] = attributes_json(message.attributes);
  }
  return write_json_pretty(document);
}

net::ClientRequest render_http(const Message& message, const Subscription& subscription, const std::string& content_type, const Rendering& rendering) {
  const bool raw = subscription.raw && message.type == Type::kNotification;
  net::ClientRequest request{.url = subscription.endpoint};
  request.headers = {{"x-amz-sns-message-type", type_name(message.type)},
                     {"x-amz-sns-message-id", message.id},
                     {"x-amz-sns-topic-arn", topic_arn(message.topic)}};
  if (message.type != Type::kConfirmation) request.headers.emplace_back("x-amz-sns-subscription-arn", subscription.arn());
  if (raw) request.headers.emplace_back("x-amz-sns-rawdelivery", "true");
  request.headers.emplace_back("Content-Type", message.type == Type::kNotification ? content_type : std::string(kDefaultContentType));
  request.headers.emplace_back("User-Agent", "Amazon Simple Notification Service Agent");
  request.body = raw ? message.text_for(subscription.protocol) : render_json(message, subscription, rendering);
  return request;
}

std::string render_event(const Message& message, const Subscription& subscription, const Rendering& rendering) {
  const auto members = members_of(message, subscription, rendering.links);
  const json::object sns{{"Type", type_name(message.type)},
                         {"MessageId", message.id},
                         {"TopicArn", topic_arn(message.topic)},
                         {"Subject", message.subject ? json::value(*message.subject) : json::value()},
                         {"Message", message.text_for(subscription.protocol)},
                         {"Timestamp", format_iso8601(message.time_ms)},
                         {"SignatureVersion", rendering.signature_version},
                         {"Signature", rendering.signer.sign(rendering.signature_version, signed_text(members))},
                         {"SigningCertUrl", rendering.links.certificate(rendering.signer.certificate_file())},
                         {"UnsubscribeUrl", rendering.links.unsubscribe(subscription.arn())},
                         {"MessageAttributes", attributes_json(message.attributes)}};
  json::array records;
  records.push_back(json::object{{"EventSource", "aws:sns"}, {"EventVersion", "1.0"}, {"EventSubscriptionArn", subscription.arn()}, {"Sns", sns}});
  return write_json(json::object{{"Records", std::move(records)}});
}

net::Mail render_mail(const Message& message, const Topic& topic, const Subscription& subscription, const std::string& from, const Rendering& rendering) {
  const bool json = subscription.protocol == "email-json";
  const std::string text = json ? render_json(message, subscription, rendering) : mail_text(message, subscription, rendering.links);
  const std::string display = topic.display_name.empty() ? topic.name : topic.display_name;
  net::Mail mail{.to = subscription.endpoint};
  mail.message = "From: " + quoted(display) + " <" + from + ">\r\nTo: <" + subscription.endpoint + ">\r\nSubject: " + header_text(mail_subject(message)) +
                 "\r\nDate: " + mail_date(message.time_ms) + "\r\nMessage-ID: <" + message.id + "." + subscription.id + "@eyrie>\r\nMIME-Version: 1.0\r\nContent-Type: " +
                 (json ? "application/json" : "text/plain") + "; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n" + base64_lines(text);
  return mail;
}

}  // namespace eyrie::notify::topics
