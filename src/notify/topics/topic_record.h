// A topic and a subscription as they are kept: sealed records, read whole at start (store/record_store.h). The format is in docs/formats.md.
// Thread safety: plain data; the parsed policies in them are immutable.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "iam/policy/document.h"
#include "notify/topics/delivery_policy.h"
#include "notify/topics/filter_policy.h"
#include "store/record_store.h"

namespace eyrie::notify::topics {

inline constexpr const char* kTopicKind = "notify.topic";
inline constexpr const char* kSubscriptionKind = "notify.subscription";

// An attribute that is a text in JSON, and what it says.
template <typename Parsed>
struct Said {
  std::string text;  // empty: not set
  std::shared_ptr<const Parsed> parsed = {};

  explicit operator bool() const { return parsed != nullptr; }
  const Parsed* get() const { return parsed.get(); }
};

struct Topic {
  std::string name;
  std::string display_name;
  std::string signature_version = {};  // "1", "2"; empty: not set, which is 1
  Said<iam::PolicyDocument> policy = {};
  Said<DeliveryPolicy> delivery = {};
  std::map<std::string, std::string> tags = {};
  std::int64_t created_ms = 0;

  std::string arn() const;
};
using TopicPtr = std::shared_ptr<const Topic>;

struct Subscription {
  enum class State {
    kPending,    // until it is confirmed
    kConfirmed,
    kCancelled,  // by the link in a message; not listed, kept so that its end can be taken back
  };

  std::string id;     // UUID: the last part of its ARN
  std::string topic;  // name
  std::string protocol, endpoint;
  State state = State::kPending;
  std::string token = {};  // that confirms it; kept, so that its link may be opened again
  std::int64_t token_ms = 0;  // when it was made
  bool authenticated = false;  // confirmed by a signed request that asked for it: no link ends it
  std::string principal = {};  // who subscribed: ARN
  bool raw = false;
  FilterScope scope = FilterScope::kAttributes;
  Said<FilterPolicy> filter = {};
  Said<DeliveryPolicy> delivery = {};
  std::string dead_letter = {};  // ARN of a queue; empty: none
  std::int64_t created_ms = 0;

  std::string arn() const;
  bool confirmed() const { return state == State::kConfirmed; }
  // The endpoint without the password that a URL may hold.
  std::string shown_endpoint() const;
};
using SubscriptionPtr = std::shared_ptr<const Subscription>;

std::string topic_arn(std::string_view name);
// The name in the ARN of a topic here; nullopt where it is none.
std::optional<std::string> topic_of_arn(std::string_view arn);
// The id in the ARN of a subscription here.
std::optional<std::string> subscription_of_arn(std::string_view arn);

// Setters of what is JSON: they parse, or refuse with kInvalidArgument or kTooLarge. An empty text unsets.
Status set_policy(Topic& topic, const std::string& text);
Status set_delivery(Topic& topic, const std::string& text);
Status set_delivery(Subscription& subscription, const std::string& text);
Status set_filter(Subscription& subscription, const std::string& text, FilterScope scope);
Status set_redrive(Subscription& subscription, const std::string& text);
std::string redrive_text(const Subscription& subscription);  // empty: none

std::string write_topic(const Topic& topic);
Result<Topic> read_topic(const store::Record& record);  // kCorrupt
std::string write_subscription(const Subscription& subscription);
Result<Subscription> read_subscription(const store::Record& record);

}  // namespace eyrie::notify::topics
