// How often and when a delivery is tried again: SNS's delivery policies.
//
// Four phases of waits: immediate (no wait), pre-backoff (the minimum), backoff (from minimum to maximum), post-backoff (the maximum). For
// http and https a topic's or a subscription's DeliveryPolicy sets them; AWS's defaults: 3 tries more, 20 s apart. For what is inside AWS there, and
// here inside this server (sqs, lambda), 100,015 over 23 days; for email 50 over six hours; those are fixed.
//
// AWS names the backoff functions and draws their curves, without formulas. Here the n waits of the phase go from minimum to maximum in shares of the way:
// linear i/(n-1); arithmetic, steps that grow evenly, i(i+1)/((n-1)n); exponential, steps that double, (2^i-1)/(2^(n-1)-1); geometric multiplies by the same each time.
//
// Errors: kInvalidArgument in SNS's words as far as they are known. Source: Amazon SNS developer guide, "Amazon SNS message delivery retries", "Creating an HTTP/S delivery policy".
// Thread safety: plain data.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"

namespace eyrie::notify::topics {

struct RetryPolicy {
  enum class Backoff { kLinear, kArithmetic, kGeometric, kExponential };

  int min_delay_s = 20, max_delay_s = 20;
  int retries = 3;  // all of them
  int no_delay = 0, min_delay = 0, max_delay = 0;  // of them in the first, second and last phase
  Backoff backoff = Backoff::kLinear;

  // For http and https.
  static RetryPolicy http() { return {}; }
  // For queues and functions of this server.
  static RetryPolicy inside() {
    return {.min_delay_s = 1, .max_delay_s = 20, .retries = 100'015, .no_delay = 3, .min_delay = 2, .max_delay = 100'000, .backoff = Backoff::kExponential};
  }
  static RetryPolicy mail() {
    return {.min_delay_s = 10, .max_delay_s = 600, .retries = 50, .no_delay = 0, .min_delay = 2, .max_delay = 38, .backoff = Backoff::kExponential};
  }

  // The wait after the failure number `failures` (from 1); nullopt: it was the last try.
  std::optional<std::chrono::milliseconds> wait(int failures) const;

  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

// What a DeliveryPolicy attribute says of http; absent members are the topic's, or the defaults.
struct DeliveryPolicy {
  std::optional<RetryPolicy> retry;
  std::optional<double> per_second;          // throttlePolicy
  std::optional<std::string> content_type;   // requestPolicy
  bool no_overrides = false;                 // of a topic: what subscriptions say does not count

  static Result<DeliveryPolicy> of_topic(std::string_view text);
  static Result<DeliveryPolicy> of_subscription(std::string_view text);
};

inline constexpr std::string_view kDefaultContentType = "text/plain; charset=UTF-8";

// What holds for a subscription. Either may be null.
struct EffectivePolicy {
  RetryPolicy retry;
  std::optional<double> per_second;
  std::string content_type = std::string(kDefaultContentType);
};
EffectivePolicy effective_policy(const DeliveryPolicy* topic, const DeliveryPolicy* subscription);

// The attributes EffectiveDeliveryPolicy.
std::string effective_text_of_topic(const DeliveryPolicy* topic);
std::string effective_text_of_subscription(const DeliveryPolicy* topic, const DeliveryPolicy* subscription);

}  // namespace eyrie::notify::topics
