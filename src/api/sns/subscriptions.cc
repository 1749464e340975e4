// Subscriptions: their life and their attributes.
#include <algorithm>

#include "api/sns/operations.h"

namespace eyrie::api::sns {
namespace {

using notify::topics::FilterScope;
using notify::topics::Subscription;
using notify::topics::SubscriptionPtr;

Result<FilterScope> scope_named(const std::string& name) {
  if (name == "MessageAttributes") return FilterScope::kAttributes;
  if (name == "MessageBody") return FilterScope::kBody;
  return bad("FilterPolicyScope: Invalid value [" + name.substr(0, 64) + "]. Please use either MessageBody or MessageAttributes");
}

Status set_attribute(Subscription& subscription, const std::string& name, const std::string& value) {
  if (name == "RawMessageDelivery") {
    if (value != "true" && value != "false" && value != "True" && value != "False") return bad("RawMessageDelivery: Invalid value [" + value.substr(0, 64) + "]. Must be true or false.");
    subscription.raw = value == "true" || value == "True";
    const bool can = subscription.protocol == "sqs" || subscription.protocol == "http" || subscription.protocol == "https";
    if (subscription.raw && !can) return bad("RawMessageDelivery: Delivery protocol [" + subscription.protocol + "] does not support raw message delivery.");
    return {};
  }
  if (name == "FilterPolicy") return notify::topics::set_filter(subscription, value == "{}" ? "" : value, subscription.scope);
  if (name == "FilterPolicyScope") {
    EYRIE_TRY(const FilterScope scope, scope_named(value));
    return notify::topics::set_filter(subscription, subscription.filter.text, scope);
  }
  if (name == "DeliveryPolicy") return notify::topics::set_delivery(subscription, value);
  if (name == "RedrivePolicy") return notify::topics::set_redrive(subscription, value);
  if (name == "SubscriptionRoleArn" || name == "ReplayPolicy") return value.empty() ? Status() : bad(name + " Reason: Eyrie does not support it");
  return bad("AttributeName");
}

void write_subscription(XmlWriter& xml, const Subscription& subscription) {
  xml.open("member").text("SubscriptionArn", subscription.confirmed() ? subscription.arn() : "PendingConfirmation");
  xml.text("Owner", kAccount).text("Protocol", subscription.protocol).text("Endpoint", subscription.shown_endpoint());
  xml.text("TopicArn", notify::topics::topic_arn(subscription.topic)).close("member");
}

QueryResult write_page(Topics& topics, const QueryCall& call, const std::string& topic, XmlWriter& xml) {
  EYRIE_TRY(const std::string after, page_after(call));
  const auto page = topics.subscriptions(topic, after, kPage + 1);
  xml.open("Subscriptions");
  for (std::size_t i = 0; i < std::min(kPage, page.size()); ++i) write_subscription(xml, *page[i]);
  xml.close("Subscriptions");
  if (page.size() > kPage) xml.text("NextToken", page_token(page[kPage - 1]->id));
  return {};
}

}  // namespace

QueryResult subscribe(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  Subscription wanted;
  EYRIE_TRY(wanted.topic, topic_parameter(call));
  EYRIE_CHECK_OK(wire(topics.topic(wanted.topic)));
  wanted.protocol = call.get("Protocol");
  wanted.endpoint = call.get("Endpoint");
  wanted.principal = call.context.caller->principal().arn;
  auto attributes = entries_of(call, "Attributes");
  // The scope says how the policy is read.
  std::ranges::partition(attributes, [](const auto& each) { return each.first == "FilterPolicyScope"; });
  for (const auto& [name, value] : attributes) {
    const Status set = set_attribute(wanted, name, value);
    if (set) continue;
    const std::string& message = set.error().message;
    return std::unexpected(wire_error({set.error().code, message == "AttributeName" ? message : "Attributes Reason: " + message}));
  }
  const auto subscribed = topics.subscribe(std::move(wanted));
  if (!subscribed) return std::unexpected(wire_error(subscribed.error(), "SubscriptionLimitExceeded"));
  const bool told = subscribed->confirmed || call.get("ReturnSubscriptionArn") == "true";
  xml.text("SubscriptionArn", told ? subscribed->subscription->arn() : "pending confirmation");
  return {};
}

QueryResult confirm_subscription(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string topic, topic_parameter(call));
  const std::string token = call.get("Token");
  if (token.empty()) return invalid("Token");
  EYRIE_TRY(const SubscriptionPtr subscription, wire(topics.confirm(topic, token, call.get("AuthenticateOnUnsubscribe") == "true")));
  xml.text("SubscriptionArn", subscription->arn());
  return {};
}

QueryResult unsubscribe(Topics& topics, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string id, subscription_parameter(call));
  return wire(topics.unsubscribe(id, false));
}

QueryResult list_subscriptions(Topics& topics, const QueryCall& call, XmlWriter& xml) { return write_page(topics, call, "", xml); }

QueryResult list_subscriptions_by_topic(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string topic, topic_parameter(call));
  EYRIE_CHECK_OK(wire(topics.topic(topic)));
  return write_page(topics, call, topic, xml);
}

QueryResult get_subscription_attributes(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string id, subscription_parameter(call));
  EYRIE_TRY(const SubscriptionPtr subscription, wire(topics.subscription(id)));
  const auto topic = topics.topic(subscription->topic);
  xml.open("Attributes");
  write_entry(xml, "SubscriptionArn", subscription->arn());
  write_entry(xml, "TopicArn", notify::topics::topic_arn(subscription->topic));
  write_entry(xml, "Owner", kAccount);
  write_entry(xml, "Protocol", subscription->protocol);
  write_entry(xml, "Endpoint", subscription->shown_endpoint());
  write_entry(xml, "PendingConfirmation", subscription->confirmed() ? "false" : "true");
  write_entry(xml, "ConfirmationWasAuthenticated", subscription->authenticated ? "true" : "false");
  write_entry(xml, "SubscriptionPrincipal", subscription->principal);
  write_entry(xml, "RawMessageDelivery", subscription->raw ? "true" : "false");
  if (subscription->filter) {
    write_entry(xml, "FilterPolicy", subscription->filter.text);
    write_entry(xml, "FilterPolicyScope", subscription->scope == FilterScope::kBody ? "MessageBody" : "MessageAttributes");
  }
  if (!subscription->dead_letter.empty()) write_entry(xml, "RedrivePolicy", notify::topics::redrive_text(*subscription));
  if (subscription->delivery) write_entry(xml, "DeliveryPolicy", subscription->delivery.text);
  if (subscription->protocol.starts_with("http"))
    write_entry(xml, "EffectiveDeliveryPolicy", notify::topics::effective_text_of_subscription(topic ? (*topic)->delivery.get() : nullptr, subscription->delivery.get()));
  xml.close("Attributes");
  return {};
}

QueryResult set_subscription_attributes(Topics& topics, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string id, subscription_parameter(call));
  const std::string name = call.get("AttributeName"), value = call.get("AttributeValue");
  const Status changed = topics.change_subscription(id, [&](Subscription& subscription) { return set_attribute(subscription, name, value); });
  return wire(changed, "FilterPolicyLimitExceeded");
}

}  // namespace eyrie::api::sns
