#include "notify/topics/delivery_policy.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace eyrie::notify::topics {
namespace {

constexpr std::size_t kMaxPolicyBytes = 8192;
constexpr int kMaxDelay_s = 3600, kMaxRetries = 100;
// SNS's own bounds of one message's life: at most an hour of waiting.
constexpr double kMaxTotal_s = 3600;

using Backoff = RetryPolicy::Backoff;
constexpr std::array<std::pair<std::string_view, Backoff>, 4> kBackoffs{{{"linear", Backoff::kLinear},
                                                                         {"arithmetic", Backoff::kArithmetic},
                                                                         {"geometric", Backoff::kGeometric},
                                                                         {"exponential", Backoff::kExponential}}};

std::unexpected<Error> bad_delivery(const std::string& reason) { return fail(Code::kInvalidArgument, "DeliveryPolicy: " + reason); }

Status whole(const json::object& object, std::string_view name, int low, int high, int& into) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  const bool is_whole = value->is_int64() || value->is_uint64() || (value->is_double() && value->get_double() == std::floor(value->get_double()));
  const double number = is_whole ? value->to_number<double>() : low - 1.0;
  if (number < low || number > high)
    return bad_delivery(std::string(name) + " must be a whole number between " + std::to_string(low) + " and " + std::to_string(high));
  into = static_cast<int>(number);
  return {};
}

double total_s(const RetryPolicy& policy) {
  double total = 0;
  for (int failures = 1; failures <= policy.retries; ++failures) total += static_cast<double>(policy.wait(failures).value_or(std::chrono::milliseconds(0)).count()) / 1000;
  return total;
}

Result<RetryPolicy> parse_retry(const json::value& value) {
  if (!value.is_object()) return bad_delivery("healthyRetryPolicy must be an object");
  const json::object& object = value.get_object();
  RetryPolicy policy;
  for (const auto& member : object) {
    static constexpr std::array<std::string_view, 7> kKnown{"minDelayTarget", "maxDelayTarget", "numRetries", "numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries", "backoffFunction"};
    if (std::ranges::find(kKnown, std::string_view(member.key())) == kKnown.end())
      return bad_delivery("Unexpected JSON member: " + std::string(member.key()).substr(0, 64));
  }
  EYRIE_CHECK_OK(whole(object, "minDelayTarget", 1, kMaxDelay_s, policy.min_delay_s));
  policy.max_delay_s = std::max(policy.max_delay_s, policy.min_delay_s);
  EYRIE_CHECK_OK(whole(object, "maxDelayTarget", 1, kMaxDelay_s, policy.max_delay_s));
  EYRIE_CHECK_OK(whole(object, "numRetries", 0, kMaxRetries, policy.retries));
  EYRIE_CHECK_OK(whole(object, "numNoDelayRetries", 0, kMaxRetries, policy.no_delay));
  EYRIE_CHECK_OK(whole(object, "numMinDelayRetries", 0, kMaxRetries, policy.min_delay));
  EYRIE_CHECK_OK(whole(object, "numMaxDelayRetries", 0, kMaxRetries, policy.max_delay));
  if (policy.min_delay_s > policy.max_delay_s) return bad_delivery("healthyRetryPolicy.minDelayTarget must be less than or equal to maxDelayTarget");
  if (policy.no_delay + policy.min_delay + policy.max_delay > policy.retries)
    return bad_delivery("healthyRetryPolicy.numRetries must be greater than or equal to total of numMinDelayRetries, numMaxDelayRetries and numNoDelayRetries");
  if (const json::value* function = object.if_contains("backoffFunction"); function != nullptr && !function->is_null()) {
    const auto known = std::ranges::find_if(kBackoffs, [&](const auto& each) { return function->is_string() && each.first == std::string_view(function->get_string()); });
    if (known == kBackoffs.end()) return bad_delivery("healthyRetryPolicy.backoffFunction must be one of linear, arithmetic, geometric, exponential");
    policy.backoff = known->second;
  }
  if (total_s(policy) > kMaxTotal_s) return bad_delivery("the retries take longer than 3600 seconds");
  return policy;
}

struct Names {
  const char *retry, *throttle, *request;
};

Status parse_members(const json::object& object, const Names& names, DeliveryPolicy& policy) {
  for (const auto& member : object) {
    const std::string_view name = member.key();
    const json::value& value = member.value();
    if (value.is_null()) continue;
    if (name == names.retry) {
      EYRIE_TRY(policy.retry, parse_retry(value));
    } else if (name == names.throttle) {
      const json::value* const rate = find(value, "maxReceivesPerSecond");
      if (rate == nullptr || rate->is_null()) continue;
      const double number = rate->is_number() ? rate->to_number<double>() : 0;
      if (number < 1) return bad_delivery(std::string(name) + ".maxReceivesPerSecond must be a number of at least 1");
      policy.per_second = number;
    } else if (name == names.request) {
      const json::string* const type = find_string(value, "headerContentType");
      if (type == nullptr) continue;
      static constexpr std::array<std::string_view, 10> kTypes{"text/css", "text/csv", "text/html", "text/plain", "text/xml", "application/atom+xml", "application/json",
                                                              "application/octet-stream", "application/soap+xml", "application/x-www-form-urlencoded"};
      const std::string_view media = std::string_view(*type).substr(0, std::string_view(*type).find(';'));
      const bool plain = std::ranges::all_of(*type, [](unsigned char c) { return c >= ' ' && c < 0x7f; });
      const bool known = std::ranges::find(kTypes, media) != kTypes.end() || media == "application/xml" || media == "application/xhtml+xml";
      if (!plain || !known) return bad_delivery("headerContentType is not supported");
      policy.content_type = *type;
    } else if (name == "disableSubscriptionOverrides" && std::string_view(names.retry).starts_with("default") && value.is_bool()) {
      policy.no_overrides = value.get_bool();
    } else if (name != "sicklyRetryPolicy" && name != "guaranteed") {
      return bad_delivery("Unexpected JSON member: " + std::string(name.substr(0, 64)));
    }
  }
  return {};
}

Result<json::value> parse_object(std::string_view text) {
  if (text.size() > kMaxPolicyBytes) return bad_delivery("is too long");
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return bad_delivery("failed to parse JSON.");
  return parsed;
}

json::object retry_json(const RetryPolicy& policy) {
  std::string_view function = "linear";
  for (const auto& [name, each] : kBackoffs) {
    if (each == policy.backoff) function = name;
  }
  return {{"minDelayTarget", policy.min_delay_s},       {"maxDelayTarget", policy.max_delay_s},      {"numRetries", policy.retries},
          {"numMaxDelayRetries", policy.max_delay},     {"numNoDelayRetries", policy.no_delay},      {"numMinDelayRetries", policy.min_delay},
          {"backoffFunction", function}};
}

json::value throttle_json(const std::optional<double>& per_second) {
  if (!per_second) return nullptr;
  return json::object{{"maxReceivesPerSecond", *per_second}};
}

}  // namespace

std::optional<std::chrono::milliseconds> RetryPolicy::wait(int failures) const {
  if (failures > retries) return std::nullopt;
  const auto seconds = [](double s) { return std::chrono::milliseconds(std::llround(s * 1000)); };
  if (failures <= no_delay) return seconds(0);
  if (failures <= no_delay + min_delay) return seconds(min_delay_s);
  if (failures > retries - max_delay) return seconds(max_delay_s);
  const int n = retries - no_delay - min_delay - max_delay;
  const int i = failures - no_delay - min_delay - 1;
  if (n <= 1) return seconds(min_delay_s);
  const double at = i, last = n - 1, low = min_delay_s, high = max_delay_s;
  switch (backoff) {
    case Backoff::kLinear:
      return seconds(low + (high - low) * at / last);
    case Backoff::kArithmetic:
      return seconds(low + (high - low) * at * (at + 1) / (last * (last + 1)));
    case Backoff::kGeometric:
      return seconds(low * std::pow(high / low, at / last));
    case Backoff::kExponential:
      return seconds(low + (high - low) * (std::exp2(at - last) - std::exp2(-last)) / (1 - std::exp2(-last)));
  }
  return seconds(high);
}

Result<DeliveryPolicy> DeliveryPolicy::of_topic(std::string_view text) {
  EYRIE_TRY(const json::value parsed, parse_object(text));
  DeliveryPolicy policy;
  for (const auto& member : parsed.get_object()) {
    if (member.key() != "http") return bad_delivery("Unexpected JSON member: " + std::string(member.key()).substr(0, 64));
    if (!member.value().is_object()) return bad_delivery("http must be an object");
    EYRIE_CHECK_OK(parse_members(member.value().get_object(), {"defaultHealthyRetryPolicy", "defaultThrottlePolicy", "defaultRequestPolicy"}, policy));
  }
  return policy;
}

Result<DeliveryPolicy> DeliveryPolicy::of_subscription(std::string_view text) {
  EYRIE_TRY(const json::value parsed, parse_object(text));
  DeliveryPolicy policy;
  EYRIE_CHECK_OK(parse_members(parsed.get_object(), {"healthyRetryPolicy", "throttlePolicy", "requestPolicy"}, policy));
  return policy;
}

EffectivePolicy effective_policy(const DeliveryPolicy* topic, const DeliveryPolicy* subscription) {
  EffectivePolicy policy;
  const auto apply = [&policy](const DeliveryPolicy& said) {
    if (said.retry) policy.retry = *said.retry;
    if (said.per_second) policy.per_second = said.per_second;
    if (said.content_type) policy.content_type = *said.content_type;
  };
  if (topic != nullptr) apply(*topic);
  if (subscription != nullptr && (topic == nullptr || !topic->no_overrides)) apply(*subscription);
  return policy;
}

std::string effective_text_of_topic(const DeliveryPolicy* topic) {
  const EffectivePolicy policy = effective_policy(topic, nullptr);
  json::object http{{"defaultHealthyRetryPolicy", retry_json(policy.retry)}, {"disableSubscriptionOverrides", topic != nullptr && topic->no_overrides}};
  if (policy.per_second) http["defaultThrottlePolicy"] = throttle_json(policy.per_second);
  http["defaultRequestPolicy"] = json::object{{"headerContentType", policy.content_type}};
  return write_json(json::object{{"http", std::move(http)}});
}

std::string effective_text_of_subscription(const DeliveryPolicy* topic, const DeliveryPolicy* subscription) {
  const EffectivePolicy policy = effective_policy(topic, subscription);
  return write_json(json::object{{"healthyRetryPolicy", retry_json(policy.retry)},
                                 {"sicklyRetryPolicy", nullptr},
                                 {"throttlePolicy", throttle_json(policy.per_second)},
                                 {"requestPolicy", json::object{{"headerContentType", policy.content_type}}},
                                 {"guaranteed", false}});
}

}  // namespace eyrie::notify::topics
