// Topics and their attributes.
#include <algorithm>

#include "api/sns/operations.h"

namespace eyrie::api::sns {
namespace {

using notify::topics::Topic;
using notify::topics::TopicPtr;

constexpr std::size_t kMaxDisplayName = 100;

// What SNS has and Eyrie does not. Empty or at its default it changes nothing.
Status refuse_attribute(const std::string& name, const std::string& value) {
  static constexpr std::string_view kLogged[] = {"HTTP", "Firehose", "Lambda", "Application", "SQS"};
  const auto of = [&name](std::string_view ending) {
    return std::ranges::any_of(kLogged, [&](std::string_view who) { return name == std::string(who) + std::string(ending); });
  };
  const bool known = name == "KmsMasterKeyId" || name == "FifoTopic" || name == "ContentBasedDeduplication" || name == "ArchivePolicy" || name == "FifoThroughputScope" ||
                     name == "TracingConfig" || name == "DataProtectionPolicy" || of("SuccessFeedbackRoleArn") || of("SuccessFeedbackSampleRate") || of("FailureFeedbackRoleArn");
  if (!known) return bad("AttributeName");
  if (value.empty() || value == "false" || (name == "TracingConfig" && value == "PassThrough")) return {};
  return bad(name + " Reason: Eyrie does not support it");
}

Status set_attribute(Topic& topic, const std::string& name, const std::string& value) {
  if (name == "DisplayName") {
    if (value.size() > kMaxDisplayName || std::ranges::any_of(value, [](unsigned char c) { return c < ' ' || c == 0x7f; })) return bad("DisplayName");
    topic.display_name = value;
    return {};
  }
  if (name == "Policy") return notify::topics::set_policy(topic, value);
  if (name == "DeliveryPolicy") return notify::topics::set_delivery(topic, value);
  if (name == "SignatureVersion") {
    if (value != "1" && value != "2") return bad("SignatureVersion");
    topic.signature_version = value;
    return {};
  }
  return refuse_attribute(name, value);
}

bool same_attributes(const Topic& a, const Topic& b) {
  return a.display_name == b.display_name && a.policy.text == b.policy.text && a.delivery.text == b.delivery.text && a.signature_version == b.signature_version;
}

}  // namespace

QueryResult create_topic(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  const std::string name = call.get("Name");
  if (name.ends_with(".fifo")) return invalid("Topic Name Reason: Eyrie has no FIFO topics");
  EYRIE_TRY(const auto tags, tags_of(call));
  const auto attributes = entries_of(call, "Attributes");
  const auto made = topics.create(name, [&](Topic& topic, bool is_new) -> Status {
    const Topic before = topic;
    for (const auto& [key, value] : attributes) EYRIE_CHECK_OK(set_attribute(topic, key, value));
    if (is_new) {
      topic.tags = tags;
      return {};
    }
    if (!same_attributes(before, topic)) return bad("Attributes Reason: Topic already exists with different attributes");
    if (!tags.empty() && tags != topic.tags) return bad("Tags Reason: Topic already exists with different tags");
    return {};
  });
  if (!made) return std::unexpected(wire_error(made.error(), "TopicLimitExceeded"));
  xml.text("TopicArn", (*made)->arn());
  return {};
}

QueryResult delete_topic(Topics& topics, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, topic_parameter(call));
  return wire(topics.remove(name));
}

QueryResult list_topics(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string after, page_after(call));
  const auto page = topics.topics(after, kPage + 1);
  xml.open("Topics");
  for (std::size_t i = 0; i < std::min(kPage, page.size()); ++i) xml.open("member").text("TopicArn", page[i]->arn()).close("member");
  xml.close("Topics");
  if (page.size() > kPage) xml.text("NextToken", page_token(page[kPage - 1]->name));
  return {};
}

QueryResult get_topic_attributes(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string name, topic_parameter(call));
  EYRIE_TRY(const TopicPtr topic, wire(topics.topic(name)));
  const auto counts = topics.counts(name);
  xml.open("Attributes");
  write_entry(xml, "TopicArn", topic->arn());
  write_entry(xml, "Owner", kAccount);
  write_entry(xml, "DisplayName", topic->display_name);
  write_entry(xml, "Policy", topic->policy ? topic->policy.text : default_policy(topic->arn()));
  write_entry(xml, "SubscriptionsConfirmed", std::to_string(counts.confirmed));
  write_entry(xml, "SubscriptionsPending", std::to_string(counts.pending));
  write_entry(xml, "SubscriptionsDeleted", std::to_string(counts.deleted));
  if (topic->delivery) write_entry(xml, "DeliveryPolicy", topic->delivery.text);
  write_entry(xml, "EffectiveDeliveryPolicy", notify::topics::effective_text_of_topic(topic->delivery.get()));
  if (!topic->signature_version.empty()) write_entry(xml, "SignatureVersion", topic->signature_version);
  xml.close("Attributes");
  return {};
}

QueryResult set_topic_attributes(Topics& topics, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, topic_parameter(call));
  const std::string attribute = call.get("AttributeName"), value = call.get("AttributeValue");
  return wire(topics.change(name, [&](Topic& topic) { return set_attribute(topic, attribute, value); }));
}

}  // namespace eyrie::api::sns
