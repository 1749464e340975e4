// The alarms that are there: kept, evaluated, and their actions done.
//
//   auto alarms = Alarms::open(store.records(), series, actions);
//   (*alarms)->put(definition);
//   (*alarms)->tick();          // again and again: evaluates what is due, does what is to be done
//
// Alarms are sealed records, in memory whole. A change of state, what its actions are to be told, and its line in the history are one write; only then are the actions done, each
// under the notice's id, which makes them happen once (AlarmActions). What fails for now is tried at the next tick, for an hour. An alarm is evaluated at the end of each
// of its periods, at least once a minute; while it stands in ALARM, actions that repeat are asked again then. Errors: kNotFound; kTooLarge - kMostAlarms; kInvalidArgument, in CloudWatch's words; those of the store. Thread safety: all of it; tick() by one thread.
#pragma once

#include <memory>
#include <mutex>

#include "base/time/clock.h"
#include "monitor/alarms/alarm.h"
#include "monitor/alarms/history.h"

namespace eyrie::monitor {

class AlarmActions {
 public:
  virtual ~AlarmActions() = default;
  // Whether the ARN is of a kind that can be done here.
  virtual bool takes(const std::string& arn) const = 0;
  // What whoever makes an alarm with this action must be allowed, beside that; nullopt: nothing.
  struct Need {
    std::string action, resource;
  };
  virtual std::optional<Need> needs(const std::string&) const { return std::nullopt; }
  // Whether it is asked again at each evaluation while its alarm stands in ALARM, under a notice of a new id and with nothing to tell. Where there is nothing to do for it, kNotFound.
  virtual bool repeats(const std::string&) const { return false; }
  // Done, on disk, when it returns; again with the same notice changes nothing more. kNotFound, kPermissionDenied, kInvalidArgument, kTooLarge: trying again cannot help.
  virtual Status act(const std::string& arn, const AlarmNotice& notice, const std::string& alarm_arn) = 0;
};

using AlarmPtr = std::shared_ptr<const Alarm>;

class Alarms {
 public:
  static constexpr std::size_t kMostAlarms = 1000;
  static constexpr std::size_t kMostAtOnce = 100;  // that one call names

  // All must outlive it.
  static Result<std::unique_ptr<Alarms>> open(store::RecordStore& records, const TimeSeries& series, AlarmActions& actions, const Clock& clock = Clock::system());

  // One of this name is replaced, but for its state and tags.
  Status put(AlarmDefinition definition);
  // All or none. kNotFound.
  Status remove(const std::vector<std::string>& names);
  // Of those that are there; others are passed over.
  Status enable_actions(const std::vector<std::string>& names, bool enabled);
  Status set_state(const std::string& name, AlarmState state, const std::string& reason, const std::string& reason_data);
  Status change_tags(const std::string& name, const std::function<Status(std::map<std::string, std::string>&)>& change);

  Result<AlarmPtr> find(const std::string& name) const;
  std::vector<AlarmPtr> alarms() const;  // by name
  // Those that `wanted` takes, from the oldest.
  std::vector<HistoryItem> history(const std::function<bool(const HistoryItem&)>& wanted) const;

  void tick();

 private:
  struct Entry {
    AlarmPtr alarm;
    std::int64_t due_s = 0;  // the next evaluation
  };
  Alarms(store::RecordStore& records, const TimeSeries& series, AlarmActions& actions, const Clock& clock) : records_(records), series_(series), actions_(actions), clock_(clock) {}

  // Under mutex_: written to disk, then seen by all. nullptr: it goes.
  struct Write {
    std::string name;
    AlarmPtr alarm;
  };
  Status write(const std::vector<Write>& writes, const std::vector<HistoryItem>& items);
  // Sets the state and what is to be told of it. Under mutex_.
  Status change_state(const AlarmPtr& before, AlarmStanding standing);
  std::optional<AlarmStanding> evaluate(const Alarm& alarm, std::int64_t now_ms) const;
  void evaluate_due(std::int64_t now_ms);
  // Of an alarm whose state has not changed: its actions that repeat. What they did has a line in the history; nothing to do has none.
  void repeat_actions(const AlarmPtr& alarm);
  void do_actions();
  // Takes the notice's first action off, with a line of how it went.
  Status settle(const std::string& name, const std::string& notice, const std::string& action, const Status& outcome);

  store::RecordStore& records_;
  const TimeSeries& series_;
  AlarmActions& actions_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> alarms_;  // guarded by mutex_
  AlarmHistory history_;                 // guarded by mutex_
};

}  // namespace eyrie::monitor
