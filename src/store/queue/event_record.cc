#include "store/queue/event_record.h"

#include <algorithm>
#include <cctype>

#include "aws/account.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/json.h"

namespace eyrie::store {
namespace {

std::string form_encoded(std::string_view key) {
  const std::string encoded = percent_encode(key, true);
  std::string result;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded.compare(i, 3, "%20") == 0) {
      result += '+';
      i += 2;
    } else {
      result += encoded[i];
    }
  }
  return result;
}

std::string folded(std::string_view text, bool fold) {
  std::string result(text);
  if (fold) {
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  return result;
}

// "ObjectCreated:*" names every kind of creation.
bool event_matches(const std::string& pattern, const std::string& name) {
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

// Which kinds came with which version of the record.
std::string_view version_of(const std::string& name) {
  static constexpr std::string_view kNewer[] = {"ObjectTagging:", "ObjectAcl:", "LifecycleExpiration:", "LifecycleTransition",
                                                "ObjectRestore:Delete"};
  const bool newer = std::ranges::any_of(kNewer, [&](std::string_view kind) { return name.starts_with(kind); });
  return newer ? "2.3" : "2.1";
}

// What is told of the object: its size where its bytes are what the event is about, its place in the order of versions where the
// event makes or removes one.
json::object describe(const ObjectInfo& object, const std::string& name) {
  json::object described{{"key", form_encoded(object.key)}};
  // Of what is gone, its name alone and when that was.
  const bool gone = name.starts_with("ObjectRemoved:") || name.starts_with("LifecycleExpiration:");
  const bool beside_bytes = name.starts_with("ObjectTagging:") || name.starts_with("ObjectAcl:") || name == "ObjectRestore:Delete";
  if (!beside_bytes && !gone) described["size"] = object.size;
  if (!gone) described["eTag"] = object.etag;
  const bool of_version = !beside_bytes && !name.starts_with("ObjectRestore:") && name != "LifecycleTransition";
  if (of_version) described["sequencer"] = object.sequencer;
  return described;
}

}  // namespace

std::string event_record(const ObjectInfo& object, const ObjectEvent& event) {
  const json::object owner{{"principalId", aws::kAccount}};
  const json::object bucket{
      {"name", object.bucket}, {"ownerIdentity", owner}, {"arn", "arn:aws:s3:::" + object.bucket}};
  const json::object s3{{"s3SchemaVersion", "1.0"},
                        {"configurationId", event.configuration},
                        {"bucket", bucket},
                        {"object", describe(object, event.name)}};
  json::object record{{"eventVersion", version_of(event.name)},
                      {"eventSource", "aws:s3"},
                      {"awsRegion", "us-east-1"},
                      {"eventTime", format_iso8601(event.time_ms)},
                      {"eventName", event.name},
                      {"userIdentity", json::object{{"principalId", event.by.principal}}},
                      {"requestParameters", json::object{{"sourceIPAddress", event.by.source_ip}}},
                      {"responseElements", json::object{{"x-amz-request-id", event.by.request_id},
                                                        {"x-amz-id-2", event.by.request_id}}},
                      {"s3", s3}};
  if (event.name == "ObjectRestore:Completed" && object.restore) {
    record["glacierEventData"] =
        json::object{{"restoreEventData", json::object{{"lifecycleRestorationExpiryTime", format_iso8601(object.restore->until_ms)},
                                                       {"lifecycleRestoreStorageClass", object.storage_class}}}};
  }
  if (event.name == "LifecycleTransition") {
    record["lifecycleEventData"] =
        json::object{{"transitionEventData", json::object{{"destinationStorageClass", object.storage_class}}}};
  }
  return write_json(json::object{{"Records", json::array{record}}});
}

bool matches(const NotificationRule& rule, const ObjectInfo& object, const std::string& event_name) {
  const std::string key = folded(object.key, rule.ignore_case);
  auto begins = [&](const std::string& prefix) { return object.key.starts_with(prefix); };
  auto ends = [&](const std::string& suffix) { return key.ends_with(folded(suffix, rule.ignore_case)); };
  return std::ranges::any_of(rule.events,
                             [&](const std::string& e) { return event_matches(e, event_name); }) &&
         (rule.prefixes.empty() || std::ranges::any_of(rule.prefixes, begins)) &&
         (rule.suffixes.empty() || std::ranges::any_of(rule.suffixes, ends));
}

std::string write_rules(const std::vector<NotificationRule>& rules) {
  json::array list;
  for (const NotificationRule& rule : rules) {
    list.push_back(json::object{{"id", rule.id},
                                {"function", rule.function},
                                {"events", json::value_from(rule.events)},
                                {"prefixes", json::value_from(rule.prefixes)},
                                {"suffixes", json::value_from(rule.suffixes)},
                                {"ignore_case", rule.ignore_case}});
  }
  return write_json(list);
}

Result<std::vector<NotificationRule>> parse_rules(const std::string& bucket, const std::string& text) {
  const auto value = parse_json(text);
  if (!value) return fail(Code::kCorrupt, "notification rules do not parse: " + value.error().message);
  std::vector<NotificationRule> rules;
  auto names = [](const json::value& list) { return json::value_to<std::vector<std::string>>(list); };
  try {
    for (const json::value& rule : value->as_array()) {
      const json::string* id = find_string(rule, "id");  // rules of before format 3 have none
      rules.push_back({.bucket = bucket,
                       .id = id == nullptr ? "eyrie" : std::string(*id),
                       .function = std::string(rule.at("function").as_string()),
                       .events = names(rule.at("events")),
                       .prefixes = names(rule.at("prefixes")),
                       .suffixes = names(rule.at("suffixes")),
                       .ignore_case = rule.at("ignore_case").as_bool()});
    }
  } catch (const std::exception& e) {
    return fail(Code::kCorrupt, std::string("notification rules do not parse: ") + e.what());
  }
  return rules;
}

}  // namespace eyrie::store
