// Tags of alarms.
#include "api/cloudwatch/operations.h"

namespace eyrie::api::cloudwatch {
namespace {

constexpr std::size_t kMostTags = 50;

std::unexpected<aws::WireError> not_there(const std::string& arn) { return refuse("ResourceNotFoundException", "Unknown: " + arn, 404); }

Wire<std::string> alarm_of(const Backend& backend, const json::object& request) {
  EYRIE_TRY(const std::string arn, required_text(request, "ResourceARN", 1024));
  const auto name = monitor::alarm_of_arn(arn);
  if (!name || !backend.alarms.find(*name)) return not_there(arn);
  return *name;
}

}  // namespace

JsonResult tag_resource(Backend& backend, const Call& call) {
  EYRIE_TRY(const std::string name, alarm_of(backend, call.request));
  EYRIE_TRY(const auto tags, tags_member(call.request));
  if (tags.empty()) return missing("Tags");
  bool too_many = false;
  const Status changed = backend.alarms.change_tags(name, [&](std::map<std::string, std::string>& of_alarm) -> Status {
    for (const auto& [key, value] : tags) of_alarm[key] = value;
    too_many = of_alarm.size() > kMostTags;
    return too_many ? fail(Code::kTooLarge, "too many tags") : Status();
  });
  if (too_many) return invalid_value("An alarm can have " + std::to_string(kMostTags) + " tags at most.");
  EYRIE_CHECK_OK(wire(changed));
  return json::object();
}

JsonResult untag_resource(Backend& backend, const Call& call) {
  EYRIE_TRY(const std::string name, alarm_of(backend, call.request));
  EYRIE_TRY(const auto keys, texts_member(call.request, "TagKeys", kMostTags, 128));
  EYRIE_CHECK_OK(wire(backend.alarms.change_tags(name, [&](std::map<std::string, std::string>& of_alarm) -> Status {
    for (const std::string& key : keys) of_alarm.erase(key);
    return {};
  })));
  return json::object();
}

JsonResult list_tags_for_resource(Backend& backend, const Call& call) {
  EYRIE_TRY(const std::string name, alarm_of(backend, call.request));
  EYRIE_TRY(const monitor::AlarmPtr alarm, wire(backend.alarms.find(name)));
  json::array tags;
  for (const auto& [key, value] : alarm->definition.tags) tags.push_back(json::object{{"Key", key}, {"Value", value}});
  return json::object{{"Tags", std::move(tags)}};
}

}  // namespace eyrie::api::cloudwatch
