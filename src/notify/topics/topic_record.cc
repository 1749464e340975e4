#include "notify/topics/topic_record.h"

#include <algorithm>

#include "aws/account.h"
#include "base/ids.h"
#include "notify/queues/queues.h"
#include "store/record_json.h"

namespace eyrie::notify::topics {
namespace {

using State = Subscription::State;

constexpr std::size_t kMaxPolicy = 30'720;  // bytes: SNS's quota of a topic's policy

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
  if (!queue_of_arn(*target))
    return fail(Code::kInvalidArgument, "RedrivePolicy: deadLetterTargetArn is an invalid arn");
  subscription.dead_letter = *target;
  return {};
}

std::string redrive_text(const Subscription& subscription) {
  return subscription.dead_letter.empty() ? "" : write_json(json::object{{"deadLetterTargetArn", subscription.dead_letter}});
}

std::string write_topic(const Topic& topic) {
  return write_json(json::object{{"display_name", topic.display_name},
                                 {"signature_version", topic.signature_version},
                                 {"policy", topic.policy.text},
                                 {"delivery", topic.delivery.text},
                                 {"tags", json_of(topic.tags)},
                                 {"created_ms", topic.created_ms}});
}

Result<Topic> read_topic(const store::Record& record) {
  EYRIE_TRY(const json::object object, store::object_of(record, "topic"));
  Topic topic{.name = record.name,
              .display_name = text_of(object, "display_name"),
              .signature_version = text_of(object, "signature_version"),
              .tags = texts_of(object.if_contains("tags")),
              .created_ms = number_of(object, "created_ms")};
  EYRIE_CHECK_OK(set_policy(topic, text_of(object, "policy")));
  EYRIE_CHECK_OK(set_delivery(topic, text_of(object, "delivery")));
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

Result<Subscription> read_subscription(const store::Record& record) {
  EYRIE_TRY(const json::object object, store::object_of(record, "subscription"));
  const std::string state = text_of(object, "state");
  Subscription subscription{.id = record.name,
                            .topic = text_of(object, "topic"),
                            .protocol = text_of(object, "protocol"),
                            .endpoint = text_of(object, "endpoint"),
                            .state = state == "pending" ? State::kPending : state == "confirmed" ? State::kConfirmed : State::kCancelled,
                            .token = text_of(object, "token"),
                            .token_ms = number_of(object, "token_ms"),
                            .authenticated = flag_of(object, "authenticated"),
                            .principal = text_of(object, "principal"),
                            .raw = flag_of(object, "raw"),
                            .dead_letter = text_of(object, "dead_letter"),
                            .created_ms = number_of(object, "created_ms")};
  EYRIE_CHECK_OK(set_filter(subscription, text_of(object, "filter"), flag_of(object, "of_body") ? FilterScope::kBody : FilterScope::kAttributes));
  EYRIE_CHECK_OK(set_delivery(subscription, text_of(object, "delivery")));
  return subscription;
}

}  // namespace eyrie::notify::topics
