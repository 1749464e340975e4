#include "api/s3/bucket/notification.h"

#include <algorithm>
#include <set>

#include "api/s3/request_xml.h"
#include "api/s3/xml.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxConfigurations = 100;
constexpr std::size_t kMaxId = 255;
constexpr std::size_t kMaxFilterValue = 1024;
constexpr std::string_view kEventPrefix = "s3:";
constexpr ElementRule kNotificationRules[] = {
    {"NotificationConfiguration", "CloudFunctionConfiguration* QueueConfiguration* TopicConfiguration* EventBridgeConfiguration"},
    {"CloudFunctionConfiguration", "Id Event* Filter CloudFunction"},
    {"QueueConfiguration", "Id Event* Filter Queue"},
    {"TopicConfiguration", "Id Event* Filter Topic"},
    {"Filter", "S3Key"},
    {"S3Key", "FilterRule*"},
    {"FilterRule", "Name Value"}};

// The elements that a kind of target is configured by. Which kind an ARN is of, its service tells.
struct TargetKind {
  std::string_view configuration;
  const char* element;
  std::string_view arn_prefix;
};
constexpr TargetKind kFunctionKind{"CloudFunctionConfiguration", "CloudFunction", "arn:aws:lambda:"};
constexpr TargetKind kKinds[] = {kFunctionKind, {"QueueConfiguration", "Queue", "arn:aws:sqs:"}, {"TopicConfiguration", "Topic", "arn:aws:sns:"}};

// Of a rule's function: queues and topics are told by their ARNs.
const TargetKind& kind_of(const std::string& function) {
  for (const TargetKind& kind : kKinds) {
    if (function.starts_with(kind.arn_prefix)) return kind;
  }
  return kFunctionKind;
}

std::string arn_of(const std::string& function) {
  return function.starts_with("arn:") ? function : aws::regional_arn("lambda", "function:" + function);
}

notify::ServiceCall call_for(const std::string& bucket) {
  return {.service = "s3.amazonaws.com", .source_arn = iam::bucket_arn(bucket)};
}

// Kinds of events and what each may go on with; "*" stands for all of the kind. Created, Removed, Restore, Tagging
// and Lifecycle happen here.
bool is_event(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kEvents[] = {
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
  for (const auto& [kind, ends] : kEvents) {
    if (!name.starts_with(kind)) continue;
    const std::string end = " " + std::string(name.substr(kind.size())) + " ";
    return end.find(' ', 1) == end.size() - 1 && (" " + std::string(ends) + " ").contains(end);
  }
  return false;
}

aws::WireError invalid(const std::string& message, std::string_view name = "", std::string_view value = "") {
  return aws::s3::invalid_argument(message, name, value);
}

aws::WireError unreachable(const std::string& arn) {
  return invalid("Unable to validate the following destination configurations", arn,
                 "The destination does not exist, or its policy does not allow it");
}

// Only what is here can be reached.
std::expected<std::string, aws::WireError> find_target(const std::string& arn, const TargetKind& kind, const std::string& bucket,
                                                       const NotificationTargets& targets) {
  if (!arn.starts_with("arn:")) return std::unexpected(invalid("The ARN could not be parsed", "ARN", arn));
  if (!arn.starts_with(kind.arn_prefix)) return std::unexpected(unreachable(arn));
  if (kind.element == kFunctionKind.element) {
    if (auto found = targets.functions ? targets.functions(arn, bucket) : std::nullopt) return std::move(*found);
    return std::unexpected(unreachable(arn));
  }
  const bool reached = targets.others != nullptr && targets.others->takes(arn) &&
                       (targets.unseen || targets.others->may_send(arn, call_for(bucket)).has_value());
  if (!reached) return std::unexpected(unreachable(arn));
  return arn;
}

// Source: S3 user guide, "Event message structure".
std::string test_event(const Request& request, const Backend& backend) {
  return write_json(json::object{{"Service", "Amazon S3"},
                                 {"Event", "s3:TestEvent"},
                                 {"Time", format_iso8601(backend.clock.now_ms())},
                                 {"Bucket", request.bucket},
                                 {"RequestId", request.context->head.id},
                                 {"HostId", base64_encode(as_bytes("eyrie/" + request.context->head.id))}});
}

// Each queue and topic once.
std::optional<aws::WireError> send_test_events(Backend& backend, const Request& request, const std::vector<store::NotificationRule>& rules) {
  std::set<std::string> told;
  for (const store::NotificationRule& rule : rules) {
    if (!rule.function.starts_with("arn:") || !told.insert(rule.function).second) continue;
    const Status sent = backend.publisher->publish(rule.function, {.subject = "Amazon S3 Notification", .text = test_event(request, backend)},
                                                   call_for(request.bucket));
    if (!sent) return unreachable(rule.function);
  }
  return std::nullopt;
}

std::optional<aws::WireError> read_filter(const pugi::xml_node& node, store::NotificationRule& rule) {
  const pugi::xml_node of_key = node.child("Filter").child("S3Key");
  for (const pugi::xml_node filter : of_key.children("FilterRule")) {
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
    std::string_view xml, const std::string& bucket, const NotificationTargets& targets) {
  const auto document = load_root(as_bytes(xml), kNotificationRules);
  if (!document) return std::unexpected(document.error());
  std::vector<store::NotificationRule> rules;
  for (const pugi::xml_node node : document->document_element().children()) {
    const std::string_view name = node.name();
    if (name == "EventBridgeConfiguration") return std::unexpected(aws::s3::not_implemented(name));
    const auto kind = std::ranges::find(kKinds, name, &TargetKind::configuration);
    if (kind == std::end(kKinds)) continue;  // space
    if (rules.size() == kMaxConfigurations) return std::unexpected(invalid("There are too many configurations"));
    auto rule = read_rule(node, bucket);
    if (!rule) return std::unexpected(rule.error());
    auto target = find_target(node.child_value(kind->element), *kind, bucket, targets);
    if (!target) return std::unexpected(target.error());
    rule->function = std::move(*target);
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
    const TargetKind& kind = kind_of(rule.function);
    const bool one = prefixes.size() * suffixes.size() == 1;
    std::size_t number = 0;
    for (const std::string& prefix : prefixes) {
      for (const std::string& suffix : suffixes) {
        ++number;
        xml.open(kind.configuration).text("Id", one ? rule.id : rule.id + "-" + std::to_string(number));
        xml.text(kind.element, arn_of(rule.function));
        for (const std::string& event : rule.events) xml.text("Event", std::string(kEventPrefix) + event);
        if (!rule.prefixes.empty() || !rule.suffixes.empty()) {
          xml.open("Filter").open("S3Key");
          if (!rule.prefixes.empty())
            xml.open("FilterRule").text("Name", "Prefix").text("Value", prefix).close("FilterRule");
          if (!rule.suffixes.empty())
            xml.open("FilterRule").text("Name", "Suffix").text("Value", suffix).close("FilterRule");
          xml.close("S3Key").close("Filter");
        }
        xml.close(kind.configuration);
      }
    }
  }
  return xml.finish();
}

OperationResult put_bucket_notification(Backend& backend, const Request& request, const Bytes& body) {
  const bool unseen = net::equals_ignore_case(request.context->head.headers.get("x-amz-skip-destination-validation"), "true");
  const auto rules = parse_notification(as_text(body), request.bucket,
                                        {.functions = backend.find_function, .others = backend.publisher, .unseen = unseen});
  if (!rules) return std::unexpected(rules.error());
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  if (!unseen) {
    if (auto unsent = send_test_events(backend, request, *rules)) return std::unexpected(*unsent);
  }
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
