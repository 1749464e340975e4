#include "monitor/alarms/history.h"

#include <algorithm>
#include <cstdio>

#include "base/ids.h"

namespace eyrie::monitor {
namespace {

constexpr const char* kHistoryKind = "monitor.alarm-history";

}  // namespace

Status AlarmHistory::load(store::RecordStore& records) {
  EYRIE_TRY(const auto found, records.records(kHistoryKind));
  for (const store::Record& record : found) {
    const auto parsed = parse_json(record.value);
    if (!parsed || !parsed->is_object()) return fail(Code::kCorrupt, "a record of alarms' history is damaged");
    const json::object& object = parsed->get_object();
    items_[record.name] = {.id = record.name,
                           .alarm = text_of(object, "alarm"),
                           .time_ms = number_of(object, "time_ms"),
                           .type = text_of(object, "type"),
                           .summary = text_of(object, "summary"),
                           .data = text_of(object, "data")};
  }
  return {};
}

HistoryItem AlarmHistory::item(const std::string& alarm, std::int64_t time_ms, std::string type, std::string summary, json::object data) {
  char time[24];
  std::snprintf(time, sizeof time, "%015lld", static_cast<long long>(time_ms));
  return {.id = std::string(time) + "-" + uuid_v4(), .alarm = alarm, .time_ms = time_ms, .type = std::move(type), .summary = std::move(summary), .data = write_json(data)};
}

std::vector<std::string> AlarmHistory::surplus(const std::vector<HistoryItem>& coming) const {
  std::vector<std::string> gone;
  std::map<std::string, std::size_t> counts;
  for (const HistoryItem& item : coming) ++counts[item.alarm];
  const std::int64_t oldest = coming.empty() ? 0 : coming.back().time_ms - kKeepMs;
  std::size_t left = items_.size() + coming.size();
  // How many of each alarm must go.
  std::map<std::string, std::size_t> excess;
  for (const auto& [alarm, added] : counts) {
    const auto there = static_cast<std::size_t>(std::ranges::count_if(items_, [&](const auto& each) { return each.second.alarm == alarm; }));
    excess[alarm] = there + added > kMostOfAlarm ? there + added - kMostOfAlarm : 0;
  }
  for (const auto& [id, item] : items_) {
    std::size_t& of_alarm = excess[item.alarm];
    if (of_alarm == 0 && left <= kMost && item.time_ms >= oldest) continue;
    if (of_alarm > 0) --of_alarm;
    --left;
    gone.push_back(id);
  }
  return gone;
}

std::vector<store::RecordChange> AlarmHistory::note(const std::vector<HistoryItem>& items) const {
  std::vector<store::RecordChange> changes;
  for (const HistoryItem& item : items) {
    changes.push_back({.kind = kHistoryKind,
                       .name = item.id,
                       .value = write_json(json::object{{"alarm", item.alarm}, {"time_ms", item.time_ms}, {"type", item.type}, {"summary", item.summary}, {"data", item.data}})});
  }
  for (const std::string& id : surplus(items)) changes.push_back({.kind = kHistoryKind, .name = id, .value = std::nullopt});
  return changes;
}

void AlarmHistory::keep(const std::vector<HistoryItem>& items) {
  for (const std::string& id : surplus(items)) items_.erase(id);
  for (const HistoryItem& item : items) items_[item.id] = item;
}

}  // namespace eyrie::monitor
