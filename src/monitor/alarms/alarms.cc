#include "monitor/alarms/alarms.h"

#include <algorithm>

#include "base/ids.h"
#include "base/log.h"
#include "monitor/alarms/evaluation.h"
#include "monitor/alarms/notice.h"

namespace eyrie::monitor {
namespace {

constexpr const char* kAlarmKind = "monitor.alarm";
constexpr const char* kConfigured = "ConfigurationUpdate";
constexpr std::size_t kMostNotices = 100;
constexpr std::int64_t kTryActionsMs = 3600 * 1000;

std::int64_t interval_s(const AlarmDefinition& alarm) { return std::clamp<std::int64_t>(alarm.period_s(), 10, kMinute_s); }

json::object told(const Alarm& alarm, std::string_view type) {
  return {{"version", "1.0"}, {"type", type}, {"updatedAlarm", json::object{{"alarmName", alarm.definition.name}, {"alarmArn", alarm.definition.arn()}, {"threshold", alarm.definition.threshold}}}};
}

HistoryItem configured(const Alarm& alarm, std::string_view what, std::string_view type) {
  return AlarmHistory::item(alarm.definition.name, alarm.configured_ms, kConfigured, "Alarm \"" + alarm.definition.name + "\" " + std::string(what), told(alarm, type));
}

json::object json_of_state(const AlarmStanding& standing) {
  json::object made{{"stateValue", name_of(standing.state)}, {"stateReason", standing.reason}};
  if (const auto data = parse_json(standing.reason_data); data && data->is_object()) made["stateReasonData"] = *data;
  return made;
}

HistoryItem acted(const std::string& name, std::int64_t time_ms, const std::string& action, const Status& outcome) {
  json::object data{{"version", "1.0"}, {"actionState", outcome ? "Succeeded" : "Failed"}, {"notificationResource", action}};
  if (!outcome) data["error"] = outcome.error().message;
  return AlarmHistory::item(name, time_ms, "Action", (outcome ? "Successfully executed action " : "Failed to execute action ") + action, std::move(data));
}

bool hopeless(Code code) { return code == Code::kNotFound || code == Code::kPermissionDenied || code == Code::kInvalidArgument || code == Code::kTooLarge || code == Code::kUnsupported; }

}  // namespace

Result<std::unique_ptr<Alarms>> Alarms::open(store::RecordStore& records, const TimeSeries& series, AlarmActions& actions, const Clock& clock) {
  std::unique_ptr<Alarms> made(new Alarms(records, series, actions, clock));
  EYRIE_TRY(const auto found, records.records(kAlarmKind));
  for (const store::Record& record : found) {
    EYRIE_TRY(Alarm alarm, read_alarm(record));
    made->alarms_[record.name] = {.alarm = std::make_shared<const Alarm>(std::move(alarm))};
  }
  EYRIE_CHECK_OK(made->history_.load(records));
  return made;
}

Status Alarms::write(const std::vector<Write>& writes, const std::vector<HistoryItem>& items) {
  std::vector<store::RecordChange> changes = history_.note(items);
  for (const Write& one : writes) changes.push_back({.kind = kAlarmKind, .name = one.name, .value = one.alarm ? std::optional(write_alarm(*one.alarm)) : std::nullopt});
  EYRIE_CHECK_OK(records_.apply(changes));
  history_.keep(items);
  for (const Write& one : writes) {
    if (one.alarm) {
      alarms_[one.name].alarm = one.alarm;
    } else {
      alarms_.erase(one.name);
    }
  }
  return {};
}

Status Alarms::put(AlarmDefinition definition) {
  const std::lock_guard lock(mutex_);
  const std::string name = definition.name;
  const auto found = alarms_.find(name);
  const bool fresh = found == alarms_.end();
  if (fresh && alarms_.size() >= kMostAlarms) return fail(Code::kTooLarge, "The maximum limit of " + std::to_string(kMostAlarms) + " alarms exceeded.");
  auto alarm = std::make_shared<Alarm>();
  if (!fresh) {
    *alarm = *found->second.alarm;
    definition.tags = alarm->definition.tags;
  } else {
    alarm->standing.updated_ms = clock_.now_ms();
  }
  alarm->definition = std::move(definition);
  alarm->configured_ms = clock_.now_ms();
  EYRIE_CHECK_OK(write({{.name = name, .alarm = alarm}}, {configured(*alarm, fresh ? "created" : "updated", fresh ? "Create" : "Update")}));
  alarms_[name].due_s = 0;
  return {};
}

Status Alarms::remove(const std::vector<std::string>& names) {
  const std::lock_guard lock(mutex_);
  std::vector<Write> writes;
  std::vector<HistoryItem> items;
  for (const std::string& name : names) {
    const auto found = alarms_.find(name);
    if (found == alarms_.end()) return fail(Code::kNotFound, "One or more alarms do not exist: " + name);
    writes.push_back({.name = name, .alarm = nullptr});
    Alarm gone = *found->second.alarm;
    gone.configured_ms = clock_.now_ms();
    items.push_back(configured(gone, "deleted", "Delete"));
  }
  return write(writes, items);
}

Status Alarms::enable_actions(const std::vector<std::string>& names, bool enabled) {
  const std::lock_guard lock(mutex_);
  std::vector<Write> writes;
  std::vector<HistoryItem> items;
  for (const std::string& name : names) {
    const auto found = alarms_.find(name);
    if (found == alarms_.end() || found->second.alarm->definition.actions_enabled == enabled) continue;
    auto alarm = std::make_shared<Alarm>(*found->second.alarm);
    alarm->definition.actions_enabled = enabled;
    alarm->configured_ms = clock_.now_ms();
    items.push_back(configured(*alarm, "updated", "Update"));
    writes.push_back({.name = name, .alarm = std::move(alarm)});
  }
  if (writes.empty()) return {};
  return write(writes, items);
}

Status Alarms::change_state(const AlarmPtr& from, AlarmStanding standing) {
  const AlarmPtr kept = from;  // which may be the very one that is replaced
  const Alarm& before = *kept;
  auto alarm = std::make_shared<Alarm>(before);
  alarm->standing = std::move(standing);
  if (auto notice = notice_of(*alarm, before.standing)) {
    alarm->notices.push_back(std::move(*notice));
    if (alarm->notices.size() > kMostNotices) alarm->notices.erase(alarm->notices.begin());
  }
  const std::string& name = alarm->definition.name;
  const std::string summary = "Alarm updated from " + std::string(name_of(before.standing.state)) + " to " + std::string(name_of(alarm->standing.state));
  const HistoryItem item = AlarmHistory::item(name, alarm->standing.updated_ms, "StateUpdate", summary,
                                              {{"version", "1.0"}, {"oldState", json_of_state(before.standing)}, {"newState", json_of_state(alarm->standing)}});
  EYRIE_CHECK_OK(write({{.name = name, .alarm = alarm}}, {item}));
  log_info("alarm", {{"alarm", name}, {"state", name_of(alarm->standing.state)}, {"before", name_of(before.standing.state)}, {"reason", alarm->standing.reason}});
  return {};
}

Status Alarms::set_state(const std::string& name, AlarmState state, const std::string& reason, const std::string& reason_data) {
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find(name);
  if (found == alarms_.end()) return fail(Code::kNotFound, "Alarm " + name + " does not exist");
  Entry& entry = found->second;
  const AlarmStanding standing{.state = state, .reason = reason, .reason_data = reason_data, .updated_ms = clock_.now_ms()};
  // Until its next evaluation, which is not at once.
  entry.due_s = (clock_.now_ms() / 1000 / interval_s(entry.alarm->definition) + 1) * interval_s(entry.alarm->definition);
  if (entry.alarm->standing.state != state) return change_state(entry.alarm, standing);
  auto alarm = std::make_shared<Alarm>(*entry.alarm);
  alarm->standing = standing;
  return write({{.name = name, .alarm = std::move(alarm)}}, {});
}

Status Alarms::change_tags(const std::string& name, const std::function<Status(std::map<std::string, std::string>&)>& change) {
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find(name);
  if (found == alarms_.end()) return fail(Code::kNotFound, "Alarm " + name + " does not exist");
  auto alarm = std::make_shared<Alarm>(*found->second.alarm);
  EYRIE_CHECK_OK(change(alarm->definition.tags));
  return write({{.name = name, .alarm = std::move(alarm)}}, {});
}

Result<AlarmPtr> Alarms::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find(name);
  if (found == alarms_.end()) return fail(Code::kNotFound, "Alarm " + name + " does not exist");
  return found->second.alarm;
}

std::vector<AlarmPtr> Alarms::alarms() const {
  const std::lock_guard lock(mutex_);
  std::vector<AlarmPtr> all;
  for (const auto& [name, entry] : alarms_) all.push_back(entry.alarm);
  return all;
}

std::vector<HistoryItem> Alarms::history(const std::function<bool(const HistoryItem&)>& wanted) const {
  const std::lock_guard lock(mutex_);
  std::vector<HistoryItem> found;
  for (const auto& [id, item] : history_.items()) {
    if (wanted(item)) found.push_back(item);
  }
  return found;
}

std::optional<AlarmStanding> Alarms::evaluate(const Alarm& alarm, std::int64_t now_ms) const {
  const AlarmDefinition& definition = alarm.definition;
  const std::int64_t period = definition.period_s(), end = now_ms / 1000 / period * period;
  const std::int64_t looked_at = definition.evaluation_periods + kExtraPeriods, start = end - looked_at * period;
  std::vector<Watched> periods;
  for (std::int64_t time_s = start; time_s < end; time_s += period) periods.push_back({.time_s = time_s});
  const auto at = [&](std::int64_t time_s) -> Watched* {
    const std::int64_t index = (time_s - start) / period;
    return time_s < start || index >= std::ssize(periods) ? nullptr : &periods[static_cast<std::size_t>(index)];
  };
  if (definition.stat) {
    const MetricStat& stat = *definition.stat;
    const auto statistic = parse_statistic(stat.statistic);
    const auto points = series_.read({.metric = stat.metric, .unit = stat.unit, .period_s = period, .start_s = start, .end_s = end, .now_s = now_ms / 1000});
    if (!statistic || !points) return std::nullopt;
    for (const Point& point : *points) {
      Watched* watched = at(point.time_s);
      if (watched != nullptr) *watched = {.time_s = watched->time_s, .value = value_of(*statistic, point.values), .samples = point.values.count()};
    }
  } else {
    const auto answers = run_queries(definition.queries, {.start_s = start, .end_s = end, .now_s = now_ms / 1000}, series_);
    if (!answers || answers->size() != 1) {
      log_warning("an alarm's expression cannot be worked out", {{"alarm", definition.name}, {"error", answers ? "it makes several time series" : answers.error().message}});
      return std::nullopt;
    }
    for (const auto& [time_s, value] : answers->front().line.points) {
      if (Watched* watched = at(time_s)) watched->value = value;
    }
  }
  return judge(definition, periods, now_ms);
}

void Alarms::evaluate_due(std::int64_t now_ms) {
  std::vector<AlarmPtr> due;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, entry] : alarms_) {
      const std::int64_t interval = interval_s(entry.alarm->definition);
      // A clock that was put back must not keep an alarm from its evaluation.
      const bool is_due = now_ms / 1000 >= entry.due_s || entry.due_s > now_ms / 1000 + interval;
      if (!is_due) continue;
      entry.due_s = (now_ms / 1000 / interval + 1) * interval;
      due.push_back(entry.alarm);
    }
  }
  for (const AlarmPtr& alarm : due) {
    auto standing = evaluate(*alarm, now_ms);
    if (!standing || standing->state == alarm->standing.state) {
      repeat_actions(alarm);
      continue;
    }
    const std::lock_guard lock(mutex_);
    const auto found = alarms_.find(alarm->definition.name);
    // Whoever changed it meanwhile knows better.
    if (found == alarms_.end() || found->second.alarm != alarm) continue;
    if (const Status changed = change_state(alarm, std::move(*standing)); !changed) log_error("an alarm's state was not written", {{"alarm", alarm->definition.name}, {"error", changed.error().message}});
  }
}

Status Alarms::settle(const std::string& name, const std::string& notice, const std::string& action, const Status& outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find(name);
  if (found == alarms_.end()) return {};
  auto alarm = std::make_shared<Alarm>(*found->second.alarm);
  const auto of = std::ranges::find(alarm->notices, notice, &AlarmNotice::id);
  if (of == alarm->notices.end()) return {};
  std::erase(of->actions, action);
  if (of->actions.empty()) alarm->notices.erase(of);
  return write({{.name = name, .alarm = std::move(alarm)}}, {acted(name, clock_.now_ms(), action, outcome)});
}

void Alarms::repeat_actions(const AlarmPtr& alarm) {
  const AlarmDefinition& definition = alarm->definition;
  if (alarm->standing.state != AlarmState::kAlarm || !definition.actions_enabled) return;
  for (const std::string& action : definition.alarm_actions) {
    if (!actions_.repeats(action)) continue;
    const bool waits = std::ranges::any_of(alarm->notices, [&](const AlarmNotice& notice) { return std::ranges::find(notice.actions, action) != notice.actions.end(); });
    const auto present = find(definition.name);
    // It is still to be done for the change of state; or the alarm has changed, and whoever did that knows better.
    if (waits || !present || *present != alarm) continue;
    const Status done = actions_.act(action, {.id = uuid_v4(), .made_ms = clock_.now_ms()}, definition.arn());
    if (!done) {
      if (!hopeless(done.error().code)) log_warning("an alarm's action failed", {{"alarm", definition.name}, {"action", action}, {"error", done.error().message}});
      continue;
    }
    const std::lock_guard lock(mutex_);
    if (const Status noted = write({}, {acted(definition.name, clock_.now_ms(), action, done)}); !noted) log_error("an alarm's action was not noted", {{"alarm", definition.name}, {"error", noted.error().message}});
  }
}

void Alarms::do_actions() {
  for (const AlarmPtr& alarm : alarms()) {
    const std::string& name = alarm->definition.name;
    for (const AlarmNotice& notice : alarm->notices) {
      for (const std::string& action : notice.actions) {
        const Status done = actions_.act(action, notice, alarm->definition.arn());
        const bool late = clock_.now_ms() - notice.made_ms > kTryActionsMs;
        if (!done) log_warning("an alarm's action failed", {{"alarm", name}, {"action", action}, {"error", done.error().message}});
        if (!done && !hopeless(done.error().code) && !late) continue;
        if (const Status settled = settle(name, notice.id, action, done); !settled) log_error("an alarm's action was not noted", {{"alarm", name}, {"error", settled.error().message}});
      }
    }
  }
}

void Alarms::tick() {
  evaluate_due(clock_.now_ms());
  do_actions();
}

}  // namespace eyrie::monitor
