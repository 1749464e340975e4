#include "api/s3/lifecycle/rules_xml.h"

#include <set>

#include "api/s3/lifecycle/rule_checks.h"
#include "api/s3/object/storage_class.h"
#include "api/s3/request_xml.h"
#include "api/s3/tagging.h"
#include "api/s3/xml.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxRules = 1000;
constexpr ElementRule kElements[] = {
    {"LifecycleConfiguration", "Rule*"},
    {"Rule", "ID Prefix Filter Status Expiration Transition* NoncurrentVersionTransition* NoncurrentVersionExpiration AbortIncompleteMultipartUpload"},
    {"Filter", "Prefix Tag ObjectSizeGreaterThan ObjectSizeLessThan And"},
    {"And", "Prefix Tag* ObjectSizeGreaterThan ObjectSizeLessThan"},
    {"Tag", "Key Value"},
    {"Expiration", "Date Days ExpiredObjectDeleteMarker"},
    {"Transition", "Date Days StorageClass"},
    {"NoncurrentVersionTransition", "NoncurrentDays NewerNoncurrentVersions StorageClass"},
    {"NoncurrentVersionExpiration", "NoncurrentDays NewerNoncurrentVersions"},
    {"AbortIncompleteMultipartUpload", "DaysAfterInitiation"}};

template <typename T>
using Parsed = std::expected<T, aws::WireError>;

std::unexpected<aws::WireError> malformed() { return std::unexpected(aws::s3::malformed_xml()); }

template <typename T>
Parsed<std::optional<T>> number(pugi::xml_node parent, const char* name) {
  const pugi::xml_node node = parent.child(name);
  if (!node) return std::optional<T>();
  const auto value = whole_number<T>(node.child_value());
  return value ? Parsed<std::optional<T>>(value) : malformed();
}

// Exactly one of Days and Date, which is a midnight.
Parsed<DueTime> parse_time(pugi::xml_node node) {
  if (static_cast<bool>(node.child("Days")) == static_cast<bool>(node.child("Date"))) return malformed();
  const auto days = number<std::int64_t>(node, "Days");
  if (!days) return std::unexpected(days.error());
  if (*days) return DueTime{.days = *days};
  const std::string text = node.child_value("Date");
  const auto date = text.contains('T') ? parse_iso8601(text) : parse_iso8601(text + "T00:00:00Z");
  if (!date) return malformed();
  if (*date % kDayMs != 0)
    return std::unexpected(aws::s3::invalid_argument("'Date' must be at midnight GMT", "Date", text));
  return DueTime{.date_ms = *date};
}

Parsed<store::StringMap> parse_tags(pugi::xml_node node) {
  store::StringMap tags;
  for (const pugi::xml_node tag : node.children("Tag")) {
    if (!tag.child("Key") || !tag.child("Value")) return malformed();
    if (auto wrong = check_tag(tag.child_value("Key"), tag.child_value("Value"))) return std::unexpected(*wrong);
    if (!tags.emplace(tag.child_value("Key"), tag.child_value("Value")).second)
      return std::unexpected(aws::s3::invalid_request("Duplicate Tag Keys are not allowed."));
  }
  return tags;
}

// What <Filter>, or the <And> in it, holds.
Parsed<LifecycleFilter> parse_predicates(pugi::xml_node node) {
  LifecycleFilter filter;
  if (const pugi::xml_node prefix = node.child("Prefix")) filter.prefix = prefix.child_value();
  auto tags = parse_tags(node);
  if (!tags) return std::unexpected(tags.error());
  filter.tags = std::move(*tags);
  const auto greater = number<std::uint64_t>(node, "ObjectSizeGreaterThan");
  const auto less = number<std::uint64_t>(node, "ObjectSizeLessThan");
  if (!greater || !less) return malformed();
  filter.greater_than = *greater;
  filter.less_than = *less;
  return filter;
}

std::size_t predicates(const LifecycleFilter& filter) {
  return filter.prefix.has_value() + filter.tags.size() + filter.greater_than.has_value() + filter.less_than.has_value();
}

Parsed<LifecycleFilter> parse_filter(pugi::xml_node rule) {
  const pugi::xml_node node = rule.child("Filter"), prefix = rule.child("Prefix");
  if (static_cast<bool>(node) == static_cast<bool>(prefix)) return malformed();
  if (prefix) return LifecycleFilter{.form = FilterForm::kPrefix, .prefix = prefix.child_value()};
  auto outer = parse_predicates(node);
  if (!outer) return outer;
  const pugi::xml_node all_of = node.child("And");
  if (!all_of) return predicates(*outer) <= 1 ? std::move(outer) : malformed();
  if (predicates(*outer) > 0) return malformed();
  auto inner = parse_predicates(all_of);
  if (inner && predicates(*inner) < 2) return malformed();
  if (inner) inner->all_of = true;
  return inner;
}

Parsed<Transition> parse_transition(pugi::xml_node node) {
  auto when = parse_time(node);
  if (!when) return std::unexpected(when.error());
  const std::string storage_class = node.child_value("StorageClass");
  if (!is_storage_class(storage_class) || warmth(storage_class) >= warmth(kStandard)) return malformed();
  return Transition{.when = *when, .storage_class = storage_class};
}

Parsed<Transition> parse_noncurrent_transition(pugi::xml_node node) {
  const auto days = number<std::int64_t>(node, "NoncurrentDays");
  const auto newer = number<std::int64_t>(node, "NewerNoncurrentVersions");
  const std::string storage_class = node.child_value("StorageClass");
  const bool known = is_storage_class(storage_class) && warmth(storage_class) < warmth(kStandard);
  if (!days || !*days || !newer || !known) return malformed();
  return Transition{.when = {.days = *days}, .storage_class = storage_class, .newer_versions = *newer};
}

std::optional<aws::WireError> parse_expiration(pugi::xml_node node, LifecycleRule& rule) {
  if (!node) return std::nullopt;
  const std::string_view marker = node.child_value("ExpiredObjectDeleteMarker");
  if (!marker.empty()) {
    if ((marker != "true" && marker != "false") || node.child("Days") || node.child("Date"))
      return aws::s3::malformed_xml();
    rule.expired_delete_marker = marker == "true";
    return std::nullopt;
  }
  auto when = parse_time(node);
  if (!when) return when.error();
  rule.expiration = *when;
  return std::nullopt;
}

std::optional<aws::WireError> parse_noncurrent_expiration(pugi::xml_node node, LifecycleRule& rule) {
  if (!node) return std::nullopt;
  const auto days = number<std::int64_t>(node, "NoncurrentDays");
  const auto newer = number<std::int64_t>(node, "NewerNoncurrentVersions");
  if (!days || !*days || !newer) return aws::s3::malformed_xml();
  rule.noncurrent_days = *days;
  rule.noncurrent_newer = *newer;
  return std::nullopt;
}

std::optional<aws::WireError> parse_actions(pugi::xml_node node, LifecycleRule& rule) {
  if (auto wrong = parse_expiration(node.child("Expiration"), rule)) return wrong;
  if (auto wrong = parse_noncurrent_expiration(node.child("NoncurrentVersionExpiration"), rule)) return wrong;
  for (const pugi::xml_node child : node.children("Transition")) {
    auto transition = parse_transition(child);
    if (!transition) return transition.error();
    rule.transitions.push_back(std::move(*transition));
  }
  for (const pugi::xml_node child : node.children("NoncurrentVersionTransition")) {
    auto transition = parse_noncurrent_transition(child);
    if (!transition) return transition.error();
    rule.noncurrent_transitions.push_back(std::move(*transition));
  }
  if (const pugi::xml_node abort = node.child("AbortIncompleteMultipartUpload")) {
    const auto days = number<std::int64_t>(abort, "DaysAfterInitiation");
    if (!days || !*days) return aws::s3::malformed_xml();
    rule.abort_days = *days;
  }
  return std::nullopt;
}

Parsed<LifecycleRule> parse_rule(pugi::xml_node node) {
  LifecycleRule rule{.id = node.child_value("ID")};
  if (rule.id.empty()) rule.id = uuid_v4();
  const std::string_view status = node.child_value("Status");
  if (status != "Enabled" && status != "Disabled") return malformed();
  rule.enabled = status == "Enabled";
  auto filter = parse_filter(node);
  if (!filter) return std::unexpected(filter.error());
  rule.filter = std::move(*filter);
  if (auto wrong = parse_actions(node, rule)) return std::unexpected(*wrong);
  if (auto wrong = check_rule(rule)) return std::unexpected(*wrong);
  return rule;
}

// --- out ---

void write_time(Xml& xml, const DueTime& when) {
  if (when.date_ms) {
    xml.text("Date", format_iso8601(*when.date_ms));
  } else {
    xml.text("Days", std::to_string(when.days.value_or(0)));
  }
}

void write_predicates(Xml& xml, const LifecycleFilter& filter) {
  if (filter.prefix) xml.text("Prefix", *filter.prefix);
  for (const auto& [key, value] : filter.tags) xml.open("Tag").text("Key", key).text("Value", value).close("Tag");
  if (filter.greater_than) xml.number("ObjectSizeGreaterThan", *filter.greater_than);
  if (filter.less_than) xml.number("ObjectSizeLessThan", *filter.less_than);
}

void write_filter(Xml& xml, const LifecycleFilter& filter) {
  if (filter.form == FilterForm::kPrefix) {
    xml.text("Prefix", filter.prefix.value_or(""));
    return;
  }
  xml.open("Filter");
  if (filter.all_of) xml.open("And");
  write_predicates(xml, filter);
  if (filter.all_of) xml.close("And");
  xml.close("Filter");
}

void write_noncurrent(Xml& xml, const LifecycleRule& rule) {
  const auto newer = [&xml](const std::optional<std::int64_t>& versions) {
    if (versions) xml.text("NewerNoncurrentVersions", std::to_string(*versions));
  };
  if (rule.noncurrent_days) {
    xml.open("NoncurrentVersionExpiration").text("NoncurrentDays", std::to_string(*rule.noncurrent_days));
    newer(rule.noncurrent_newer);
    xml.close("NoncurrentVersionExpiration");
  }
  for (const Transition& transition : rule.noncurrent_transitions) {
    xml.open("NoncurrentVersionTransition");
    xml.text("NoncurrentDays", std::to_string(transition.when.days.value_or(0)));
    newer(transition.newer_versions);
    xml.text("StorageClass", transition.storage_class).close("NoncurrentVersionTransition");
  }
}

}  // namespace

std::expected<LifecycleConfiguration, aws::WireError> parse_lifecycle_xml(ByteView xml) {
  const auto document = load_root(xml, kElements);
  if (!document) return std::unexpected(document.error());
  LifecycleConfiguration configuration;
  std::set<std::string> ids;
  for (const pugi::xml_node node : document->document_element().children("Rule")) {
    if (configuration.rules.size() == kMaxRules) return malformed();
    auto rule = parse_rule(node);
    if (!rule) return std::unexpected(rule.error());
    if (!ids.insert(rule->id).second) {
      return std::unexpected(aws::s3::invalid_argument(
          "Rule ID must be unique. Found same ID for more than one rule", "ID", rule->id));
    }
    configuration.rules.push_back(std::move(*rule));
  }
  if (configuration.rules.empty()) return malformed();
  return configuration;
}

std::string write_lifecycle_xml(const LifecycleConfiguration& configuration) {
  Xml xml("LifecycleConfiguration");
  for (const LifecycleRule& rule : configuration.rules) {
    xml.open("Rule").text("ID", rule.id);
    write_filter(xml, rule.filter);
    xml.text("Status", rule.enabled ? "Enabled" : "Disabled");
    for (const Transition& transition : rule.transitions) {
      xml.open("Transition");
      write_time(xml, transition.when);
      xml.text("StorageClass", transition.storage_class).close("Transition");
    }
    if (rule.expiration || rule.expired_delete_marker) {
      xml.open("Expiration");
      if (rule.expiration) write_time(xml, *rule.expiration);
      if (rule.expired_delete_marker) xml.text("ExpiredObjectDeleteMarker", "true");
      xml.close("Expiration");
    }
    write_noncurrent(xml, rule);
    if (rule.abort_days) {
      xml.open("AbortIncompleteMultipartUpload").text("DaysAfterInitiation", std::to_string(*rule.abort_days));
      xml.close("AbortIncompleteMultipartUpload");
    }
    xml.close("Rule");
  }
  return xml.finish();
}

}  // namespace eyrie::api::s3
