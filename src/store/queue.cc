#include "store/queue.h"

#include <algorithm>

namespace eyrie::store {
namespace {

enum State : std::int64_t { kReady = 0, kLeased = 1, kDead = 2 };

// More would only make idle workers look in vain.
constexpr int kMaxSignals = 64;

// Due, and no earlier event of its subject is still pending. Expired leases are due again.
constexpr std::string_view kNextDue =
    "SELECT id, function, subject, payload, request_id, created_ms, attempts, deliveries FROM events AS e"
    " WHERE state < 2 AND due_ms <= ?1 AND (subject = '' OR NOT EXISTS("
    "  SELECT 1 FROM events AS p WHERE p.subject = e.subject AND p.state < 2 AND p.id < e.id))"
    " ORDER BY due_ms, id LIMIT 1";

Event read_event(const Statement& row) {
  return {.id = row.integer(0),
          .function = row.text(1),
          .subject = row.text(2),
          .payload = row.text(3),
          .attempts = static_cast<int>(row.integer(6)),
          .deliveries = static_cast<int>(row.integer(7)),
          .created_ms = row.integer(5),
          .request_id = row.text(4)};
}

}  // namespace

Status insert_event(Connection& connection, const Event& event, std::int64_t now_ms) {
  EYRIE_TRY(Statement statement,
            connection.prepare("INSERT INTO events(function, subject, payload, request_id, created_ms, due_ms)"
                               " VALUES(?, ?, ?, ?, ?, ?)"));
  statement.bind(1, event.function).bind(2, event.subject).bind(3, event.payload).bind(4, event.request_id);
  return statement.bind(5, now_ms).bind(6, now_ms).run();
}

Status SqliteQueue::push(const Event& event) {
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) { return insert_event(connection, event, clock_.now_ms()); }));
  notify();
  return {};
}

Result<std::optional<Event>> SqliteQueue::lease(std::chrono::milliseconds lease) {
  {
    // Idle workers look here first: no write, no sync, where nothing is due.
    EYRIE_TRY(auto connection, database_.reader());
    EYRIE_TRY(Statement statement, connection->prepare(kNextDue));
    EYRIE_TRY(const bool due, statement.bind(1, clock_.now_ms()).step());
    if (!due) return std::nullopt;
  }
  std::optional<Event> leased;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    const std::int64_t now = clock_.now_ms();
    EYRIE_TRY(Statement next, connection.prepare(kNextDue));
    EYRIE_TRY(const bool due, next.bind(1, now).step());
    if (!due) return {};
    leased = read_event(next);
    EYRIE_TRY(Statement update,
              connection.prepare("UPDATE events SET state = 1, due_ms = ?, deliveries = deliveries + 1 WHERE id = ?"));
    return update.bind(1, now + lease.count()).bind(2, leased->id).run();
  }));
  return leased;
}

Status SqliteQueue::acknowledge(std::int64_t id) {
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM events WHERE id = ?"));
    return statement.bind(1, id).run();
  });
}

Status SqliteQueue::retry(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason) {
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement,
              connection.prepare(
                  "UPDATE events SET state = 0, due_ms = ?, attempts = attempts + 1, reason = ? WHERE id = ? AND state < 2"));
    return statement.bind(1, clock_.now_ms() + delay.count()).bind(2, reason).bind(3, id).run();
  }));
  notify();  // a waiter must learn of the new time
  return {};
}

Status SqliteQueue::bury(std::int64_t id, const std::string& reason) {
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("UPDATE events SET state = 2, reason = ? WHERE id = ?"));
    return statement.bind(1, reason).bind(2, id).run();
  });
}

Status SqliteQueue::release_all() {
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement,
              connection.prepare("UPDATE events SET state = 0, due_ms = ? + MIN(deliveries * 50, 2000) WHERE state = 1"));
    return statement.bind(1, clock_.now_ms()).run();
  }));
  notify();
  return {};
}

Result<QueueDepth> SqliteQueue::depth() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement,
            connection->prepare("SELECT COALESCE(SUM(state = 0 AND due_ms <= ?1), 0), COALESCE(SUM(state = 1), 0),"
                                " COALESCE(SUM(state = 0 AND due_ms > ?1), 0), COALESCE(SUM(state = 2), 0),"
                                " COALESCE(MIN(CASE WHEN state < 2 THEN created_ms END), 0) FROM events"));
  EYRIE_CHECK_OK(statement.bind(1, clock_.now_ms()).step());
  auto number = [&](int column) { return static_cast<std::uint64_t>(statement.integer(column)); };
  return QueueDepth{.ready = number(0), .leased = number(1), .delayed = number(2), .dead = number(3),
                    .oldest_ms = statement.integer(4)};
}

std::chrono::milliseconds SqliteQueue::until_next_due(std::chrono::milliseconds most) {
  auto connection = database_.reader();
  if (!connection) return most;
  auto statement = (*connection)->prepare("SELECT MIN(due_ms) FROM events WHERE state < 2 AND due_ms > ?");
  const std::int64_t now = clock_.now_ms();
  if (!statement) return most;
  const auto row = statement->bind(1, now).step();
  if (!row || !*row || statement->is_null(0)) return most;
  return std::min(most, std::chrono::milliseconds(std::max<std::int64_t>(1, statement->integer(0) - now)));
}

void SqliteQueue::wait(std::chrono::milliseconds timeout) {
  const auto limit = until_next_due(timeout);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return signals_ > 0; });
  if (signals_ > 0) --signals_;
}

void SqliteQueue::notify() {
  {
    const std::lock_guard lock(mutex_);
    signals_ = std::min(signals_ + 1, kMaxSignals);
  }
  changed_.notify_one();
}

void SqliteQueue::wake() {
  {
    const std::lock_guard lock(mutex_);
    signals_ = kMaxSignals;
  }
  changed_.notify_all();
}

}  // namespace eyrie::store
