#include "api/s3/lifecycle/rule_checks.h"

#include <algorithm>

#include "api/s3/object/storage_class.h"

namespace eyrie::api::s3 {
namespace {

using Wrong = std::optional<aws::WireError>;

constexpr std::size_t kMaxRuleId = 255;
constexpr std::size_t kMaxPrefix = 1024;
constexpr std::int64_t kMinInfrequentDays = 30;  // before and in STANDARD_IA and ONEZONE_IA

aws::WireError argument(const std::string& message, const char* name, const std::string& value) {
  return aws::s3::invalid_argument(message, name, value);
}

std::string filter_of(const LifecycleRule& rule) {
  std::string text = "filter '(prefix=" + rule.filter.prefix.value_or("");
  for (const auto& [key, value] : rule.filter.tags) text += ", tag={" + key + ", " + value + "}";
  return text + ")'";
}

bool is_infrequent(std::string_view storage_class) {
  return storage_class == "STANDARD_IA" || storage_class == "ONEZONE_IA";
}

Wrong positive(const std::optional<std::int64_t>& days, const char* name, const char* action) {
  if (!days || *days > 0) return std::nullopt;
  return argument("'" + std::string(name) + "' for " + action + " action must be a positive integer", name,
                  std::to_string(*days));
}

Wrong check_filter(const LifecycleRule& rule) {
  const LifecycleFilter& filter = rule.filter;
  if (filter.prefix && filter.prefix->size() > kMaxPrefix)
    return aws::s3::invalid_request("The maximum size of a prefix is 1024.");
  if (filter.greater_than && filter.less_than && *filter.less_than <= *filter.greater_than) {
    return aws::s3::invalid_request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
  }
  const bool by_size = filter.greater_than || filter.less_than;
  for (const auto& [name, told] : {std::pair{"AbortIncompleteMultipartUpload", rule.abort_days.has_value()},
                                   std::pair{"ExpiredObjectDeleteMarker", rule.expired_delete_marker}}) {
    if (told && !filter.tags.empty())
      return aws::s3::invalid_request(std::string(name) + " cannot be specified with Tags.");
    if (told && by_size)
      return aws::s3::invalid_request(std::string(name) + " cannot be specified with Object Size.");
  }
  return std::nullopt;
}

Wrong check_transition(const Transition& transition) {
  const std::int64_t days = transition.when.days.value_or(0);
  if (days < 0) return argument("'Days' in Transition action must be nonnegative", "Days", std::to_string(days));
  if (transition.when.days && is_infrequent(transition.storage_class) && days < kMinInfrequentDays) {
    return argument("'Days' in Transition action must be greater than or equal to 30 for storageClass '" +
                        transition.storage_class + "'",
                    "Days", std::to_string(days));
  }
  return std::nullopt;
}

// Each later than the one before, and from an infrequent-access class 30 days later.
Wrong check_order(const LifecycleRule& rule) {
  std::vector<Transition> sorted = rule.transitions;
  std::ranges::sort(sorted, [](const auto& a, const auto& b) { return warmth(a.storage_class) > warmth(b.storage_class); });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const Transition &warmer = sorted[i - 1], &colder = sorted[i];
    if (warmer.storage_class == colder.storage_class) {
      return aws::s3::invalid_request("'StorageClass' must be different for 'Transition' actions in same 'Rule' with " +
                                      filter_of(rule));
    }
    const bool by_days = warmer.when.days.has_value();
    const std::int64_t unit = by_days ? 1 : kDayMs;
    const std::int64_t apart =
        (by_days ? *colder.when.days - *warmer.when.days : *colder.when.date_ms - *warmer.when.date_ms) / unit;
    const std::int64_t least = is_infrequent(warmer.storage_class) ? kMinInfrequentDays : 1;
    if (apart >= least) continue;
    const std::string name = by_days ? "Days" : "Date";
    return argument("'" + name + "' in the 'Transition' action for StorageClass '" + colder.storage_class + "' for " +
                        filter_of(rule) + " must be " + std::to_string(least) + " days more than '" + name +
                        "' in the 'Transition' action for StorageClass '" + warmer.storage_class + "'",
                    name.c_str(), "");
  }
  return std::nullopt;
}

Wrong check_transitions(const LifecycleRule& rule) {
  for (const Transition& transition : rule.transitions) {
    if (auto wrong = check_transition(transition)) return wrong;
    const DueTime& first = rule.transitions.front().when;
    const bool mixed = transition.when.days.has_value() != first.days.has_value() ||
                       (rule.expiration && rule.expiration->days.has_value() != first.days.has_value());
    if (mixed) {
      return aws::s3::invalid_request(
          "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for " + filter_of(rule));
    }
  }
  if (auto wrong = check_order(rule)) return wrong;
  for (const Transition& transition : rule.transitions) {
    if (!rule.expiration) break;
    const bool later = rule.expiration->days ? *rule.expiration->days > *transition.when.days
                                             : *rule.expiration->date_ms > *transition.when.date_ms;
    if (later) continue;
    const std::string name = rule.expiration->days ? "Days" : "Date";
    return argument("'" + name + "' in the Expiration action for " + filter_of(rule) + " must be greater than '" + name +
                        "' in the Transition action",
                    name.c_str(), "");
  }
  return std::nullopt;
}

Wrong check_noncurrent(const LifecycleRule& rule) {
  if (auto wrong = positive(rule.noncurrent_days, "NoncurrentDays", "NoncurrentVersionExpiration")) return wrong;
  if (rule.noncurrent_newer && (*rule.noncurrent_newer < 1 || *rule.noncurrent_newer > 100))
    return argument("'NewerNoncurrentVersions' must be between 1 and 100", "NewerNoncurrentVersions",
                    std::to_string(*rule.noncurrent_newer));
  for (const Transition& transition : rule.noncurrent_transitions) {
    if (auto wrong = check_transition(transition)) return wrong;
  }
  return std::nullopt;
}

}  // namespace

std::optional<aws::WireError> check_rule(const LifecycleRule& rule) {
  if (rule.id.size() > kMaxRuleId) return argument("ID length should not exceed allowed limit of 255", "ID", rule.id);
  const bool acts = rule.expiration || rule.expired_delete_marker || !rule.transitions.empty() || rule.noncurrent_days ||
                    !rule.noncurrent_transitions.empty() || rule.abort_days;
  if (!acts) return aws::s3::invalid_request("At least one action needs to be specified in a rule");
  if (auto wrong = check_filter(rule)) return wrong;
  if (rule.expiration) {
    if (auto wrong = positive(rule.expiration->days, "Days", "Expiration")) return wrong;
  }
  if (auto wrong = positive(rule.abort_days, "DaysAfterInitiation", "AbortIncompleteMultipartUpload")) return wrong;
  if (auto wrong = check_transitions(rule)) return wrong;
  return check_noncurrent(rule);
}

}  // namespace eyrie::api::s3
