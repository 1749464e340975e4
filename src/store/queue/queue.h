// EventQueue over SQLite. Events of one function and subject are delivered one at a time and in order, whatever others do; each delivery is
// counted on disk before it begins.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/time/clock.h"
#include "store/event_queue.h"
#include "store/sealing/row_seal.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

// What an event's payload is sealed to.
std::string event_place(const std::string& function, const std::string& subject);

class SqliteQueue final : public EventQueue {
 public:
  // All must outlive it. `seal`: of payloads.
  SqliteQueue(Database& database, const RowSeal& seal, const Clock& clock) : database_(database), seal_(seal), clock_(clock) {}

  // Inserts within the caller's transaction; the caller wakes the queue after the commit.
  Status insert(Connection& connection, const Event& event);
  // At start: what is due later than anything may be was written by a clock that was wrong, and is due now.
  Status clamp_times(Connection& connection, std::int64_t now_ms);
  // What is live was written down by a clock that goes ahead by so much now (less than 0: back).
  Status move_times(Connection& connection, std::int64_t by_ms);

  Status push(const Event& event) override;
  Result<std::optional<Event>> lease(std::chrono::milliseconds lease) override;
  Status acknowledge(std::int64_t id) override;
  Status retry(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason) override;
  Status put_off(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason) override;
  Status bury(std::int64_t id, const std::string& reason) override;
  Status release_all() override;
  Result<QueueDepth> depth() override;
  void wait(std::chrono::milliseconds timeout) override;
  void wake() override;

  // As EmbeddedStore::waiting_events().
  Result<std::vector<Event>> waiting(const std::string& function, std::int64_t after, std::size_t limit);

  // An event was added: one waiter may go on.
  void notify();

 private:
  Status delay(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason, int attempts);
  // Ends the event as `end` does, and lets the next of its subject go.
  Status finish(std::int64_t id, const Database::Job& end);
  std::chrono::milliseconds until_next_due(std::chrono::milliseconds most);

  Status bury_damaged(Connection& connection, const Event& event, const std::string& reason);

  Database& database_;
  const RowSeal& seal_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int signals_ = 0;  // guarded by mutex_: events added that no waiter has heard of
};

}  // namespace eyrie::store
