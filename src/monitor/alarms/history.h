// What happened to alarms: their configuration, their states, their actions. In memory whole, written through as sealed records.
//
// Bounded: kMostOfAlarm items an alarm, kMost in all, kKeepMs long; the oldest go. What is added goes to disk with the change that it tells of: note() says what that change must
// write besides, and keep() follows once it is written. Thread safety: none; Alarms' lock is around it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "store/record_store.h"

namespace eyrie::monitor {

struct HistoryItem {
  std::string id;      // by time
  std::string alarm;   // its name
  std::int64_t time_ms = 0;
  std::string type;    // ConfigurationUpdate, StateUpdate, Action
  std::string summary;
  std::string data;    // JSON
};

class AlarmHistory {
 public:
  static constexpr std::size_t kMostOfAlarm = 100, kMost = 5000;
  static constexpr std::int64_t kKeepMs = 30LL * 24 * 3600 * 1000;

  Status load(store::RecordStore& records);  // kCorrupt

  static HistoryItem item(const std::string& alarm, std::int64_t time_ms, std::string type, std::string summary, json::object data);
  // The records to be written for these, and those to go for them.
  std::vector<store::RecordChange> note(const std::vector<HistoryItem>& items) const;
  void keep(const std::vector<HistoryItem>& items);

  // Ascending in time.
  const std::map<std::string, HistoryItem>& items() const { return items_; }

 private:
  std::vector<std::string> surplus(const std::vector<HistoryItem>& coming) const;

  std::map<std::string, HistoryItem> items_;  // by id
};

}  // namespace eyrie::monitor
