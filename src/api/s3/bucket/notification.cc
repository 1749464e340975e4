#include "api/s3/bucket/notification.h"

#include <algorithm>
#include <pugixml.hpp>

#include "api/s3/xml.h"
#include "base/ids.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxConfigurations = 100;
constexpr std::size_t kMaxId = 255;
constexpr std::size_t kMaxFilterValue = 1024;
constexpr std::string_view kEventPrefix = "s3:";

std::string function_arn(const std::string& name) {
  return aws::regional_arn("lambda", "function:" + name);
}

// Kinds of events and what each may go on with; "*" stands for all of the kind. Created, Removed, Restore, Tagging
// and Lifecycle happen here.
bool is_event(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"ObjectCreated:", "* Put Post Copy CompleteMultipartUpload"},
      {"ObjectRemoved:", "* Delete DeleteMarkerCreated"},
      {"ObjectRestore:", "* Post Completed Delete"},
      {"Replication:", "* OperationFailedReplication OperationNotTracked OperationMissedThreshold "
                       "OperationReplicatedAfterThreshold"},
      {"LifecycleExpiration:", "* Delete DeleteMarkerCreated"},
      {"ObjectTagging:", "* Put Delete"},
      {"ObjectAnnotation:", "* Put Delete"},
      {"ObjectAcl:", "Put"}};
  if (name == "ReducedRedundancyLostObject" || name == "LifecycleTransition" || name == "IntelligentTiering") return true;
  for (const auto& [kind, ends] : kKinds) {
    if (!name.starts_with(kind)) continue;
    const std::string end = " " + std::string(name.substr(kind.size())) + " ";
    return end.find(' ', 1) == end.size() - 1 && (" " + std::string(ends) + " ").contains(end);
  }
  return false;
}

aws::WireError invalid(const std::string& message, std::string_view name = "", std::string_view value = "") {
  return aws::s3::invalid_argument(message, name, value);
}

// Only a function of ours can be reached.
std::expected<std::string, aws::WireError> find_function(const std::string& arn, const std::string& bucket, const FunctionFinder& finder) {
  if (!arn.starts_with("arn:")) return std::unexpected(invalid("The ARN could not be parsed", "ARN", arn));
  if (auto found = finder ? finder(arn, bucket) : std::nullopt) return std::move(*found);
  return std::unexpected(invalid("Unable to validate the following destination configurations", arn,
                                 "The destination does not exist, or its policy does not allow it"));
}

std::optional<aws::WireError> read_filter(const pugi::xml_node& node, store::NotificationRule& rule) {
  for (const pugi::xml_node filter : node.child("Filter").child("S3Key").children("FilterRule")) {
    const std::string_view name = filter.child_value("Name");
    const std::string value = filter.child_value("Value");
    const bool prefix = net::equals_ignore_case(name, "prefix");
    if (!prefix && !net::equals_ignore_case(name, "suffix"))
      return invalid("filter rule name must be either prefix or suffix", "FilterRule.Name", name);
    auto& values = prefix ? rule.prefixes : rule.suffixes;
    if (!values.empty()) {
      return invalid(std::string("Cannot specify more than one ") + (prefix ? "prefix" : "suffix") +
                     " rule in a filter.");
    }
    if (value.size() > kMaxFilterValue)
      return invalid("Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation", "FilterRule.Value",
                     value);
    values.push_back(value);
  }
  return std::nullopt;
}

std::expected<store::NotificationRule, aws::WireError> read_rule(const pugi::xml_node& node,
                                                                 const std::string& bucket) {
  store::NotificationRule rule{.bucket = bucket, .id = node.child_value("Id")};
  if (rule.id.empty()) rule.id = uuid_v4();
  if (rule.id.size() > kMaxId) return std::unexpected(invalid("The configuration's id is too long", "Id", rule.id));
  for (const pugi::xml_node event : node.children("Event")) {
    const std::string_view name = event.child_value();
    if (!name.starts_with(kEventPrefix) || !is_event(name.substr(kEventPrefix.size()))) {
      return std::unexpected(invalid("A specified event is not supported for notifications.", "Event", name));
    }
    rule.events.emplace_back(name.substr(kEventPrefix.size()));
  }
  if (rule.events.empty()) return std::unexpected(aws::s3::malformed_xml());
  if (auto wrong = read_filter(node, rule)) return std::unexpected(*wrong);
  return rule;
}

// "ObjectCreated:*" has ObjectCreated:Put in it.
bool share_event(const store::NotificationRule& a, const store::NotificationRule& b) {
  auto within = [](const std::string& pattern, const std::string& name) {
    return pattern == name || (pattern.ends_with('*') && name.starts_with(pattern.substr(0, pattern.size() - 1)));
  };
  return std::ranges::any_of(a.events, [&](const auto& one) {
    return std::ranges::any_of(b.events, [&](const auto& other) { return within(one, other) || within(other, one); });
  });
}

std::string only(const std::vector<std::string>& values) { return values.empty() ? "" : values.front(); }

// Whether some key could be for both.
bool overlap(const store::NotificationRule& a, const store::NotificationRule& b) {
  const std::string prefix = only(a.prefixes), other_prefix = only(b.prefixes);
  const std::string suffix = only(a.suffixes), other_suffix = only(b.suffixes);
  return share_event(a, b) && (prefix.starts_with(other_prefix) || other_prefix.starts_with(prefix)) &&
         (suffix.ends_with(other_suffix) || other_suffix.ends_with(suffix));
}

std::optional<aws::WireError> check_together(const std::vector<store::NotificationRule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (std::size_t j = i + 1; j < rules.size(); ++j) {
      if (rules[i].id == rules[j].id)
        return invalid("Same ID used for multiple configurations. IDs must be unique", "Id", rules[i].id);
      if (!overlap(rules[i], rules[j])) continue;
      const bool filtered = !rules[i].prefixes.empty() || !rules[i].suffixes.empty() || !rules[j].prefixes.empty() ||
                            !rules[j].suffixes.empty();
      return invalid(filtered ? "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if "
                                "the prefixes are overlapping for the same event type."
                              : "Configurations overlap. Configurations on the same bucket cannot share a common event "
                                "type.");
    }
  }
  return std::nullopt;
}

}  // namespace

std::expected<std::vector<store::NotificationRule>, aws::WireError> parse_notification(
    std::string_view xml, const std::string& bucket, const FunctionFinder& finder) {
  pugi::xml_document document;
  const auto flags = pugi::parse_minimal | pugi::parse_escapes | pugi::parse_ws_pcdata_single;
  const bool loaded = static_cast<bool>(document.load_buffer(xml.data(), xml.size(), flags));
  if (!loaded || !document.child("NotificationConfiguration")) return std::unexpected(aws::s3::malformed_xml());
  std::vector<store::NotificationRule> rules;
  for (const pugi::xml_node node : document.child("NotificationConfiguration").children()) {
    static constexpr std::pair<std::string_view, const char*> kTargets[] = {
        {"CloudFunctionConfiguration", "CloudFunction"}, {"QueueConfiguration", "Queue"}, {"TopicConfiguration", "Topic"}};
    const std::string_view kind = node.name();
    if (kind == "EventBridgeConfiguration") return std::unexpected(aws::s3::not_implemented(kind));
    const auto target = std::ranges::find(kTargets, kind, &std::pair<std::string_view, const char*>::first);
    if (target == std::end(kTargets)) {
      if (node.type() != pugi::node_element) continue;
      return std::unexpected(aws::s3::malformed_xml());
    }
    if (rules.size() == kMaxConfigurations) return std::unexpected(invalid("There are too many configurations"));
    auto rule = read_rule(node, bucket);
    if (!rule) return std::unexpected(rule.error());
    auto function = find_function(node.child_value(target->second), bucket, finder);
    if (!function) return std::unexpected(function.error());
    rule->function = std::move(*function);
    rules.push_back(std::move(*rule));
  }
  if (auto wrong = check_together(rules)) return std::unexpected(*wrong);
  return rules;
}

std::string write_notification(const std::vector<store::NotificationRule>& rules) {
  Xml xml("NotificationConfiguration");
  static const std::vector<std::string> kAny = {""};
  for (const store::NotificationRule& rule : rules) {
    const auto& prefixes = rule.prefixes.empty() ? kAny : rule.prefixes;
    const auto& suffixes = rule.suffixes.empty() ? kAny : rule.suffixes;
    const bool one = prefixes.size() * suffixes.size() == 1;
    std::size_t number = 0;
    for (const std::string& prefix : prefixes) {
      for (const std::string& suffix : suffixes) {
        ++number;
        xml.open("CloudFunctionConfiguration").text("Id", one ? rule.id : rule.id + "-" + std::to_string(number));
        xml.text("CloudFunction", function_arn(rule.function));
        for (const std::string& event : rule.events) xml.text("Event", std::string(kEventPrefix) + event);
        if (!rule.prefixes.empty() || !rule.suffixes.empty()) {
          xml.open("Filter").open("S3Key");
          if (!rule.prefixes.empty())
            xml.open("FilterRule").text("Name", "Prefix").text("Value", prefix).close("FilterRule");
          if (!rule.suffixes.empty())
            xml.open("FilterRule").text("Name", "Suffix").text("Value", suffix).close("FilterRule");
          xml.close("S3Key").close("Filter");
        }
        xml.close("CloudFunctionConfiguration");
      }
    }
  }
  return xml.finish();
}

OperationResult put_bucket_notification(Backend& backend, const Request& request, const Bytes& body) {
  const auto rules = parse_notification(as_text(body), request.bucket, backend.find_function);
  if (!rules) return std::unexpected(rules.error());
  const Status set = backend.objects.set_rules(request.bucket, *rules);
  if (!set) return std::unexpected(store_error(request, set.error()));
  return empty_response(*request.context, 200);
}

OperationResult get_bucket_notification(Backend& backend, const Request& request, const Bytes&) {
  const auto rules = backend.objects.rules(request.bucket);
  if (!rules) return std::unexpected(store_error(request, rules.error()));
  return xml_response(*request.context, write_notification(*rules));
}

}  // namespace eyrie::api::s3
