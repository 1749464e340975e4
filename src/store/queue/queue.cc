#include "store/queue/queue.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/log.h"
#include "base/trace/trace_steps.h"

namespace eyrie::store {
namespace {

// Only the first live event of a function and subject can be ready, leased or delayed; those after it are behind, and the
// next is made ready when the first ends. So finding the next event never walks over events that must wait.
enum State : std::int64_t {
  kReady = 0,   // due now, whatever the clock says
  kLeased = 1,  // until due_ms
  kDead = 2,
  kDelayed = 3,  // until due_ms
  kBehind = 4,   // an earlier event of its function and subject lives
};

// More would only make idle workers look in vain.
constexpr int kMaxSignals = 64;

// No delay is longer: what is due later than this after a start was written by a clock that was wrong.
constexpr std::int64_t kLongestDelayMs = 3'600'000;

// What is known of an event that was given up is kept as long as a queue keeps a dead letter.
constexpr std::int64_t kDeadKeptMs = 14LL * 24 * 3600 * 1000;
constexpr std::size_t kMaxReason = 1024;  // bytes: it may be all that a function answered

// As read_event() reads them.
const std::string kEvents = "SELECT id, function, subject, payload, request_id, created_ms, attempts, deliveries, trace FROM events WHERE ";
const std::string kNextDue = kEvents +
    "id = ("
    " SELECT id FROM ("
    "  SELECT * FROM (SELECT id, due_ms FROM events WHERE state = 0 ORDER BY due_ms, id LIMIT 1) UNION ALL"
    "  SELECT * FROM (SELECT id, due_ms FROM events WHERE state = 1 AND due_ms <= ?1 ORDER BY due_ms, id "
    "LIMIT 1) UNION ALL"
    "  SELECT * FROM (SELECT id, due_ms FROM events WHERE state = 3 AND due_ms <= ?1 ORDER BY due_ms, id "
    "LIMIT 1))"
    " ORDER BY due_ms, id LIMIT 1)";

// But for the payload.
Event read_event(const Statement& row) {
  return {.id = row.integer(0),
          .function = row.text(1),
          .subject = row.text(2),
          .attempts = static_cast<int>(row.integer(6)),
          .deliveries = static_cast<int>(row.integer(7)),
          .created_ms = row.integer(5),
          .request_id = row.text(4),
          .trace = row.text(8)};
}

// Without its payload, which nobody asks for again.
Status bury_row(Connection& connection, std::int64_t id, const std::string& reason, std::int64_t now_ms) {
  EYRIE_TRY(Statement dead, connection.prepare("UPDATE events SET state = 2, due_ms = ?, payload = x'', reason = ? WHERE id = ?"));
  EYRIE_CHECK_OK(dead.bind(1, now_ms).bind(2, whole_characters(reason, kMaxReason)).bind(3, id).run());
  EYRIE_TRY(Statement old, connection.prepare("DELETE FROM events WHERE state = 2 AND due_ms < ?"));
  return old.bind(1, now_ms - kDeadKeptMs).run();
}

// Whose events are handed out one at a time.
struct Line {
  std::string function, subject;
};

// An event of the line is over: the next one, if any, is ready. True where there is one.
Result<bool> promote_next(Connection& connection, const Line& line) {
  if (line.subject.empty()) return false;
  EYRIE_TRY(Statement statement,
            connection.prepare("UPDATE events SET state = 0 WHERE state = 4 AND id ="
                               " (SELECT MIN(id) FROM events WHERE subject = ? AND function = ? AND state <> 2)"));
  EYRIE_CHECK_OK(statement.bind(1, line.subject).bind(2, line.function).run());
  return connection.changes() > 0;
}

Result<std::optional<Line>> line_of(Connection& connection, std::int64_t id) {
  EYRIE_TRY(Statement statement, connection.prepare("SELECT function, subject FROM events WHERE id = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, id).step());
  if (!row) return std::nullopt;
  return Line{.function = statement.text(0), .subject = statement.text(1)};
}

}  // namespace

std::string event_place(const std::string& function, const std::string& subject) { return "event " + function + "\n" + subject; }

Status SqliteQueue::insert(Connection& connection, const Event& event) {
  const Bytes payload = seal_.seal(event_place(event.function, event.subject), event.payload);
  EYRIE_TRY(Statement statement,
            connection.prepare(
                "INSERT INTO events(function, subject, payload, request_id, created_ms, due_ms, trace, state)"
                " VALUES(?1, ?2, ?3, ?4, ?5, ?5, ?6, CASE WHEN ?2 <> '' AND EXISTS("
                "  SELECT 1 FROM events WHERE subject = ?2 AND function = ?1 AND state <> 2) THEN 4 ELSE 0 END)"));
  statement.bind(1, event.function).bind(2, event.subject).bind_blob(3, payload).bind(4, event.request_id);
  return statement.bind(5, clock_.now_ms()).bind(6, event.trace).run();
}

Status SqliteQueue::push(const Event& event) {
  EYRIE_CHECK_OK(database_.run(
      [&](Connection& connection) { return insert(connection, event); }));
  keep_trace();
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
    Event event = read_event(next);
    auto payload = seal_.open(event_place(event.function, event.subject), next.blob(3));
    if (!payload) return bury_damaged(connection, event, payload.error().message);
    event.payload = *std::move(payload);
    leased = std::move(event);
    EYRIE_TRY(Statement update,
              connection.prepare(
                  "UPDATE events SET state = 1, due_ms = ?, deliveries = deliveries + 1 WHERE id = ?"));
    return update.bind(1, now + lease.count()).bind(2, leased->id).run();
  }));
  return leased;
}

// It would hold up all that comes after it.
Status SqliteQueue::bury_damaged(Connection& connection, const Event& event, const std::string& reason) {
  log_error("an event is damaged and given up", {{"event", event.id}, {"error", reason}});
  EYRIE_CHECK_OK(bury_row(connection, event.id, reason, clock_.now_ms()));
  EYRIE_TRY(const bool promoted, promote_next(connection, {.function = event.function, .subject = event.subject}));
  (void)promoted;  // whoever leases looks again
  return {};
}

Status SqliteQueue::finish(std::int64_t id, const Database::Job& end) {
  bool promoted = false;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const auto line, line_of(connection, id));
    if (!line) return {};
    EYRIE_CHECK_OK(end(connection));
    EYRIE_TRY(promoted, promote_next(connection, *line));
    return {};
  }));
  if (promoted) notify();
  return {};
}

Status SqliteQueue::acknowledge(std::int64_t id) {
  return finish(id, [&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM events WHERE id = ?"));
    return statement.bind(1, id).run();
  });
}

Status SqliteQueue::bury(std::int64_t id, const std::string& reason) {
  return finish(id, [&](Connection& connection) { return bury_row(connection, id, reason, clock_.now_ms()); });
}

Status SqliteQueue::retry(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason) {
  return this->delay(id, delay, reason, 1);
}

Status SqliteQueue::put_off(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason) {
  return this->delay(id, delay, reason, 0);
}

Status SqliteQueue::delay(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason, int attempts) {
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(
        Statement statement,
        connection.prepare("UPDATE events SET state = 3, due_ms = ?, attempts = attempts + ?, reason = ?"
                           " WHERE id = ? AND state IN (0, 1, 3)"));
    return statement.bind(1, clock_.now_ms() + delay.count()).bind(2, attempts).bind(3, whole_characters(reason, kMaxReason)).bind(4, id).run();
  }));
  notify();  // a waiter must learn of the new time
  return {};
}

Status SqliteQueue::release_all() {
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    const std::int64_t now = clock_.now_ms();
    EYRIE_TRY(Statement release,
              connection.prepare(
                  "UPDATE events SET state = 3, due_ms = ? + MIN(deliveries * 50, 2000) WHERE state = 1"));
    return release.bind(1, now).run();
  }));
  notify();
  return {};
}

Status SqliteQueue::clamp_times(Connection& connection, std::int64_t now_ms) {
  EYRIE_TRY(Statement clamp, connection.prepare("UPDATE events SET due_ms = ?1 WHERE state = 3 AND due_ms > ?1 + ?2"));
  return clamp.bind(1, now_ms).bind(2, kLongestDelayMs).run();
}

Status SqliteQueue::move_times(Connection& connection, std::int64_t by_ms) {
  EYRIE_TRY(Statement statement, connection.prepare("UPDATE events SET created_ms = created_ms + ?1, due_ms = due_ms + ?1 WHERE state <> 2"));
  return statement.bind(1, by_ms).run();
}

Result<std::vector<Event>> SqliteQueue::waiting(const std::string& function, std::int64_t after, std::size_t limit) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare(kEvents + "id > ? AND state <> 2 AND function = ? ORDER BY id"));
  statement.bind(1, after).bind(2, function);
  std::vector<Event> found;
  while (found.size() < limit) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) break;
    Event event = read_event(statement);
    auto payload = seal_.open(event_place(event.function, event.subject), statement.blob(3));
    if (!payload) continue;  // whoever leases it buries it
    event.payload = *std::move(payload);
    found.push_back(std::move(event));
  }
  return found;
}

Result<QueueDepth> SqliteQueue::depth() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement,
            connection->prepare(
                "SELECT state, COUNT(*), SUM(due_ms <= ?), MIN(created_ms) FROM events GROUP BY state"));
  statement.bind(1, clock_.now_ms());
  QueueDepth depth;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return depth;
    const auto count = static_cast<std::uint64_t>(statement.integer(1));
    const auto due = static_cast<std::uint64_t>(statement.integer(2));
    switch (statement.integer(0)) {
      case kReady:
      case kBehind:
        depth.ready += count;
        break;
      case kLeased:
        depth.leased += count;
        break;
      case kDelayed:
        depth.ready += due;
        depth.delayed += count - due;
        break;
      default:
        depth.dead += count;
        continue;
    }
    const std::int64_t oldest = statement.integer(3);
    depth.oldest_ms = depth.oldest_ms == 0 ? oldest : std::min(depth.oldest_ms, oldest);
  }
}

std::chrono::milliseconds SqliteQueue::until_next_due(std::chrono::milliseconds most) {
  auto connection = database_.reader();
  if (!connection) return most;
  auto statement = (*connection)
                       ->prepare(
                           "SELECT MIN(due) FROM ("
                           " SELECT * FROM (SELECT 0 AS due FROM events WHERE state = 0 LIMIT 1) UNION ALL"
                           " SELECT MIN(due_ms) FROM events WHERE state = 1 UNION ALL"
                           " SELECT MIN(due_ms) FROM events WHERE state = 3)");
  if (!statement) return most;
  const auto row = statement->step();
  if (!row || !*row || statement->is_null(0)) return most;
  const std::int64_t left = statement->integer(0) - clock_.now_ms();
  return std::clamp(std::chrono::milliseconds(left), std::chrono::milliseconds(0), most);
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
