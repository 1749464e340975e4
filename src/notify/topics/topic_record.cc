#include "notify/topics/topic_record.h"

#include <algorithm>

#include "aws/account.h"
#include "base/ids.h"

namespace eyrie::notify::topics {
namespace {

using State = Subscription::State;

constexpr std::size_t kMaxPolicy = 30'720;  // bytes: SNS's quota of a topic's policy

std::string text_member(const json::object& object, std::string_view name) { return text_of(object, name); }

}  // namespace

std::string topic_arn(std::string_view name) { return aws::regional_arn("sns", name); }

std::string Topic::arn() const { return topic_arn(name); }

std::string Subscription::arn() const { return topic_arn(topic) + ":" + id; }

std::string Subscription::shown_endpoint() const {
  const std::size_t scheme = endpoint.find("://");
  if (!protocol.starts_with("http") || scheme == std::string::npos) return endpoint;
  const std::size_t begin = scheme + 3, end = std::min(endpoint.find_first_of("/?", begin), endpoint.size());
  const std::size_t at = endpoint.rfind('@', end);
  const std::size_t colon = endpoint.find(':', begin);
  if (at == std::string::npos || at < begin || colon == std::string::npos || colon > at) return endpoint;
  return endpoint.substr(0, colon + 1) + "****" + endpoint.substr(at);
}

std::optional<std::string> topic_of_arn(std::string_view arn) {
  static const std::string kPrefix = topic_arn("");
  if (!arn.starts_with(kPrefix)) return std::nullopt;
  arn.remove_prefix(kPrefix.size());
  if (arn.empty() || arn.contains(':')) return std::nullopt;
  return std::string(arn);
}

std::optional<std::string> subscription_of_arn(std::string_view arn) {
  const std::size_t colon = arn.rfind(':');
  if (colon == std::string_view::npos || !topic_of_arn(arn.substr(0, colon)) || !is_uuid(arn.substr(colon + 1))) return std::nullopt;
  return std::string(arn.substr(colon + 1));
}

Status set_policy(Topic& topic, const std::string& text) {
  topic.policy = {};
  if (text.empty()) return {};
  if (text.size() > kMaxPolicy) return fail(Code::kInvalidArgument, "Policy: the policy is longer than 30 KB");
  auto parsed = iam::PolicyDocument::parse(text, iam::PolicyKind::kResource);
  if (!parsed) return fail(Code::kInvalidArgument, "Policy Error: " + parsed.error().message);
  topic.policy = {.text = text, .parsed = std::make_shared<const iam::PolicyDocument>(std::move(*parsed))};
  return {};
}

Status set_delivery(Topic& topic, const std::string& text) {
  topic.delivery = {};
  if (text.empty()) return {};
  EYRIE_TRY(DeliveryPolicy parsed, DeliveryPolicy::of_topic(text));
  topic.delivery = {.text = text, .parsed = std::make_shared<const DeliveryPolicy>(std::move(parsed))};
  return {};
}

Status set_delivery(Subscription& subscription, const std::string& text) {
  subscription.delivery = {};
  if (text.empty()) return {};
  EYRIE_TRY(DeliveryPolicy parsed, DeliveryPolicy::of_subscription(text));
  subscription.delivery = {.text = text, .parsed = std::make_shared<const DeliveryPolicy>(std::move(parsed))};
  return {};
}

Status set_filter(Subscription& subscription, const std::string& text, FilterScope scope) {
  Said<FilterPolicy> filter;
  if (!text.empty()) {
    EYRIE_TRY(FilterPolicy parsed, FilterPolicy::parse(text, scope));
    filter = {.text = text, .parsed = std::make_shared<const FilterPolicy>(std::move(parsed))};
  }
  subscription.filter = std::move(filter);
  subscription.scope = scope;
  return {};
}

Status set_redrive(Subscription& subscription, const std::string& text) {
  subscription.dead_letter.clear();
  if (text.empty()) return {};
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return fail(Code::kInvalidArgument, "RedrivePolicy: failed to parse JSON.");
  const json::object& object = parsed->get_object();
  if (object.empty()) return {};
  const json::string* const target = find_string(*parsed, "deadLetterTargetArn");
  if (target == nullptr || object.size() != 1) return fail(Code::kInvalidArgument, "RedrivePolicy: deadLetterTargetArn is the one member that must be there");
  static const std::string kQueues = aws::regional_arn("sqs", "");
  if (!std::string_view(*target).starts_with(kQueues) || target->size() == kQueues.size())
    return fail(Code::kInvalidArgument, "RedrivePolicy: deadLetterTargetArn is an invalid arn");
  subscription.dead_letter = *target;
  return {};
}

std::string redrive_text(const Subscription& subscription) {
  return subscription.dead_letter.empty() ? "" : write_json(json::object{{"deadLetterTargetArn", subscription.dead_letter}});
}

std::string write_topic(const Topic& topic) {
  json::object tags;
  for (const auto& [key, value] : topic.tags) tags[key] = value;
  return write_json(json::object{{"display_name", topic.display_name},
                                 {"signature_version", topic.signature_version},
                                 {"policy", topic.policy.text},
                                 {"delivery", topic.delivery.text},
                                 {"tags", std::move(tags)},
                                 {"created_ms", topic.created_ms}});
}

Result<Topic> read_topic(const std::string& name, const std::string& text) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return fail(Code::kCorrupt, "the stored topic " + name + " cannot be read");
  const json::object& object = parsed->get_object();
  Topic topic{.name = name,
              .display_name = text_member(object, "display_name"),
              .signature_version = text_member(object, "signature_version"),
              .created_ms = number_of(object, "created_ms")};
  EYRIE_CHECK_OK(set_policy(topic, text_member(object, "policy")));
  EYRIE_CHECK_OK(set_delivery(topic, text_member(object, "delivery")));
  if (const json::value* tags = object.if_contains("tags"); tags != nullptr && tags->is_object()) {
    for (const auto& tag : tags->get_object()) topic.tags[tag.key()] = tag.value().is_string() ? std::string(tag.value().get_string()) : "";
  }
  return topic;
}

std::string write_subscription(const Subscription& subscription) {
  const char* const state = subscription.state == State::kPending ? "pending" : subscription.state == State::kConfirmed ? "confirmed" : "cancelled";
  return write_json(json::object{{"topic", subscription.topic},
                                 {"protocol", subscription.protocol},
                                 {"endpoint", subscription.endpoint},
                                 {"state", state},
                                 {"token", subscription.token},
                                 {"token_ms", subscription.token_ms},
                                 {"authenticated", subscription.authenticated},
                                 {"principal", subscription.principal},
                                 {"raw", subscription.raw},
                                 {"of_body", subscription.scope == FilterScope::kBody},
                                 {"filter", subscription.filter.text},
                                 {"delivery", subscription.delivery.text},
                                 {"dead_letter", subscription.dead_letter},
                                 {"created_ms", subscription.created_ms}});
}

Result<Subscription> read_subscription(const std::string& id, const std::string& text) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return fail(Code::kCorrupt, "the stored subscription " + id + " cannot be read");
  const json::object& object = parsed->get_object();
  const std::string state = text_member(object, "state");
  Subscription subscription{.id = id,
                            .topic = text_member(object, "topic"),
                            .protocol = text_member(object, "protocol"),
                            .endpoint = text_member(object, "endpoint"),
                            .state = state == "pending" ? State::kPending : state == "confirmed" ? State::kConfirmed : State::kCancelled,
                            .token = text_member(object, "token"),
                            .token_ms = number_of(object, "token_ms"),
                            .authenticated = flag_of(object, "authenticated"),
                            .principal = text_member(object, "principal"),
                            .raw = flag_of(object, "raw"),
                            .dead_letter = text_member(object, "dead_letter"),
                            .created_ms = number_of(object, "created_ms")};
  EYRIE_CHECK_OK(set_filter(subscription, text_member(object, "filter"), flag_of(object, "of_body") ? FilterScope::kBody : FilterScope::kAttributes));
  EYRIE_CHECK_OK(set_delivery(subscription, text_member(object, "delivery")));
  return subscription;
}

}  // namespace eyrie::notify::topics
