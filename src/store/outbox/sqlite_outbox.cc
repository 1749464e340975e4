#include "store/outbox/sqlite_outbox.h"

#include <algorithm>

#include "crypto/sealed_message.h"

namespace eyrie::store {
namespace {

// Events of S3 are tried for minutes, and for as long as a server is down; who is down for longer hears of old pictures again.
constexpr std::int64_t kSaidForMs = 30LL * 24 * 3600 * 1000;

// No delivery policy waits for longer between two tries.
constexpr std::int64_t kLongestWaitMs = 3'600'000;

// Whether the word may be said; notes that this was decided.
Result<bool> decide(Connection& connection, const Once& once, std::int64_t now_ms) {
  EYRIE_TRY(Statement forget, connection.prepare("DELETE FROM said_once WHERE said_ms < ?"));
  EYRIE_CHECK_OK(forget.bind(1, now_ms - kSaidForMs).run());
  EYRIE_TRY(Statement note, connection.prepare("INSERT OR IGNORE INTO said_once(subject, said_ms) VALUES(?, ?)"));
  EYRIE_CHECK_OK(note.bind(1, once.subject).bind(2, now_ms).run());
  if (connection.changes() == 0) return false;
  EYRIE_TRY(Statement last, connection.prepare("SELECT said_ms FROM last_said WHERE speaker = ?"));
  EYRIE_TRY(const bool spoke, last.bind(1, once.speaker).step());
  // A clock that was put back must not make anybody quiet for longer than asked.
  if (spoke && once.quiet_ms > 0 && last.integer(0) <= now_ms && now_ms - last.integer(0) < once.quiet_ms) return false;
  EYRIE_TRY(Statement speak, connection.prepare("INSERT OR REPLACE INTO last_said(speaker, said_ms) VALUES(?, ?)"));
  EYRIE_CHECK_OK(speak.bind(1, once.speaker).bind(2, now_ms).run());
  return true;
}

Status insert(Connection& connection, const OutgoingMessage& message, const Bytes& sealed, std::int64_t now_ms) {
  EYRIE_TRY(Statement put, connection.prepare("INSERT INTO outbox_messages(name, content) VALUES(?, ?)"));
  EYRIE_CHECK_OK(put.bind(1, message.name).bind_blob(2, sealed).run());
  const std::int64_t id = connection.last_insert_id();
  for (const std::string& subscriber : message.subscribers) {
    EYRIE_TRY(Statement deliver, connection.prepare("INSERT INTO outbox_deliveries(message, subscriber, created_ms, due_ms) VALUES(?1, ?2, ?3, ?3)"));
    EYRIE_CHECK_OK(deliver.bind(1, id).bind(2, subscriber).bind(3, now_ms).run());
  }
  return {};
}

Status finish(Connection& connection, std::int64_t delivery) {
  std::int64_t message = 0;
  {
    EYRIE_TRY(Statement find, connection.prepare("SELECT message FROM outbox_deliveries WHERE id = ?"));
    EYRIE_TRY(const bool row, find.bind(1, delivery).step());
    if (!row) return {};
    message = find.integer(0);
  }
  EYRIE_TRY(Statement remove, connection.prepare("DELETE FROM outbox_deliveries WHERE id = ?"));
  EYRIE_CHECK_OK(remove.bind(1, delivery).run());
  EYRIE_TRY(Statement last, connection.prepare("DELETE FROM outbox_messages WHERE id = ?1 AND NOT EXISTS(SELECT 1 FROM outbox_deliveries WHERE message = ?1)"));
  return last.bind(1, message).run();
}

}  // namespace

std::string SqliteOutbox::place_of(const std::string& name) { return "eyrie message " + name; }

Result<bool> SqliteOutbox::publish(const std::vector<OutgoingMessage>& messages, std::int64_t now_ms, const std::optional<Once>& once) {
  // Sealed here rather than on the writer's thread, which others wait for.
  std::vector<Bytes> sealed;
  for (const OutgoingMessage& message : messages)
    sealed.push_back(message.subscribers.empty() ? Bytes() : crypto::seal_under_own_key(keys_, place_of(message.name), as_bytes(message.content)));
  const bool anybody = std::ranges::any_of(messages, [](const OutgoingMessage& message) { return !message.subscribers.empty(); });
  if (!anybody && !once) return true;
  bool said = true;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    if (once) {
      EYRIE_TRY(said, decide(connection, *once, now_ms));
    }
    for (std::size_t i = 0; said && i < messages.size(); ++i) {
      if (!messages[i].subscribers.empty()) EYRIE_CHECK_OK(insert(connection, messages[i], sealed[i], now_ms));
    }
    return {};
  }));
  return said;
}

Result<std::vector<Waiting>> SqliteOutbox::waiting() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT subscriber, MIN(due_ms) FROM outbox_deliveries GROUP BY subscriber"));
  std::vector<Waiting> waiting;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return waiting;
    waiting.push_back({.subscriber = statement.text(0), .due_ms = statement.integer(1)});
  }
}

Result<std::vector<Delivery>> SqliteOutbox::due(const std::string& subscriber, std::int64_t now_ms, std::size_t most,
                                                  const std::vector<std::int64_t>& without) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement,
            connection->prepare("SELECT d.id, d.attempts, d.created_ms, d.due_ms, m.name, m.content FROM outbox_deliveries d JOIN outbox_messages m ON m.id = d.message"
                                " WHERE d.subscriber = ? AND d.due_ms <= ? ORDER BY d.due_ms, d.id"));
  statement.bind(1, subscriber).bind(2, now_ms);
  std::vector<Delivery> due;
  while (due.size() < most) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) break;
    if (std::ranges::find(without, statement.integer(0)) != without.end()) continue;
    const auto content = crypto::open_under_own_key(keys_, place_of(statement.text(4)), statement.blob(5), "a stored message");
    due.push_back({.id = statement.integer(0),
                   .subscriber = subscriber,
                   .content = content ? std::string(as_text(*content)) : "",
                   .attempts = static_cast<int>(statement.integer(1)),
                   .created_ms = statement.integer(2),
                   .due_ms = statement.integer(3)});
  }
  return due;
}

Result<std::optional<std::int64_t>> SqliteOutbox::next_due(const std::string& subscriber, const std::vector<std::int64_t>& without) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT id, due_ms FROM outbox_deliveries WHERE subscriber = ? ORDER BY due_ms, id"));
  statement.bind(1, subscriber);
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return std::nullopt;
    if (std::ranges::find(without, statement.integer(0)) == without.end()) return statement.integer(1);
  }
}

Status SqliteOutbox::settle(const std::vector<Settlement>& settlements) {
  return database_.run([&](Connection& connection) -> Status {
    for (const Settlement& settlement : settlements) {
      if (!settlement.again_ms) {
        EYRIE_CHECK_OK(finish(connection, settlement.id));
        continue;
      }
      EYRIE_TRY(Statement again, connection.prepare("UPDATE outbox_deliveries SET attempts = attempts + 1, due_ms = ?, reason = ? WHERE id = ?"));
      EYRIE_CHECK_OK(again.bind(1, *settlement.again_ms).bind(2, settlement.reason).bind(3, settlement.id).run());
    }
    return {};
  });
}

Status SqliteOutbox::drop(const std::string& subscriber) {
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement messages,
              connection.prepare("DELETE FROM outbox_messages WHERE id IN (SELECT message FROM outbox_deliveries WHERE subscriber = ?1) AND NOT EXISTS("
                                 "SELECT 1 FROM outbox_deliveries d WHERE d.message = outbox_messages.id AND d.subscriber <> ?1)"));
    EYRIE_CHECK_OK(messages.bind(1, subscriber).run());
    EYRIE_TRY(Statement deliveries, connection.prepare("DELETE FROM outbox_deliveries WHERE subscriber = ?"));
    return deliveries.bind(1, subscriber).run();
  });
}

Status SqliteOutbox::clamp_times(Connection& connection, std::int64_t now_ms) {
  EYRIE_TRY(Statement clamp, connection.prepare("UPDATE outbox_deliveries SET due_ms = ?1 WHERE due_ms > ?1 + ?2"));
  return clamp.bind(1, now_ms).bind(2, kLongestWaitMs).run();
}

Status SqliteOutbox::move_times(Connection& connection, std::int64_t by_ms) {
  EYRIE_TRY(Statement move, connection.prepare("UPDATE outbox_deliveries SET created_ms = created_ms + ?1, due_ms = due_ms + ?1"));
  return move.bind(1, by_ms).run();
}

Result<std::uint64_t> SqliteOutbox::pending() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT COUNT(*) FROM outbox_deliveries"));
  EYRIE_CHECK_OK(statement.step());
  return static_cast<std::uint64_t>(statement.integer(0));
}

}  // namespace eyrie::store
