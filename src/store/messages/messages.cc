#include "store/messages/messages.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "crypto/sealed_message.h"

namespace eyrie::store {
namespace {

// More dead letters than this one receive() does not move: it is asked again.
constexpr std::size_t kMostBuried = 100;

// The longest visibility timeout; a delay is shorter.
constexpr std::int64_t kLongestHiddenMs = 12LL * 3'600'000;
// When a message that cannot be read is shown.
constexpr std::int64_t kNever = INT64_MAX;

Bytes copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

Result<std::string> open(const crypto::SecretKey& key, ByteView place, ByteView sealed) {
  crypto::Aes256Gcm cipher(key);
  Bytes plain;
  if (!crypto::open_message(cipher, place, sealed, plain)) return fail(Code::kCorrupt, "a stored message fails its check");
  return std::string(as_text(plain));
}

Result<StorageId> storage_of(Connection& connection, const std::string& name) {
  EYRIE_TRY(Statement statement, connection.prepare("SELECT storage FROM queues WHERE name = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, name).step());
  if (!row) return fail(Code::kNotFound, "no queue is called " + name);
  return statement.integer(0);
}

Status drop_storage(Connection& connection, StorageId storage) {
  // Without its key the messages are unreadable from now on, whenever their rows go.
  EYRIE_TRY(Statement statement, connection.prepare("UPDATE message_storages SET dropped = 1, data_key = x'' WHERE id = ?"));
  return statement.bind(1, storage).run();
}

}  // namespace

std::string SqliteMessages::definition_place(std::string_view name) { return "eyrie queue definition " + std::string(name); }

std::string SqliteMessages::key_place(StorageId storage) { return "eyrie queue storage " + std::to_string(storage); }

struct SqliteMessages::Due {
  ReceivedMessage message;  // its content is not yet there
  Bytes sealed;
};

Result<crypto::SecretKey> SqliteMessages::key_of(Connection& connection, StorageId storage) const {
  EYRIE_TRY(Statement statement, connection.prepare("SELECT data_key FROM message_storages WHERE id = ? AND dropped = 0"));
  EYRIE_TRY(const bool row, statement.bind(1, storage).step());
  if (!row) return fail(Code::kNotFound, "the queue was emptied or deleted meanwhile");
  return keys_.open_key(key_place(storage), statement.blob(0), "a queue");
}

Result<StorageId> SqliteMessages::new_storage(Connection& connection) const {
  EYRIE_TRY(Statement insert, connection.prepare("INSERT INTO message_storages(data_key) VALUES(x'')"));
  EYRIE_CHECK_OK(insert.run());
  const StorageId storage = connection.last_insert_id();
  const Bytes key = keys_.new_key(key_place(storage));
  EYRIE_TRY(Statement update, connection.prepare("UPDATE message_storages SET data_key = ? WHERE id = ?"));
  EYRIE_CHECK_OK(update.bind_blob(1, key).bind(2, storage).run());
  return storage;
}

Result<std::vector<StoredQueue>> SqliteMessages::queues() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT name, storage, definition FROM queues ORDER BY name"));
  std::vector<StoredQueue> found;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return found;
    StoredQueue queue{.name = statement.text(0), .definition = "", .storage = statement.integer(1)};
    EYRIE_TRY(const crypto::SecretKey key, key_of(*connection, queue.storage));
    EYRIE_TRY(queue.definition, open(key, as_bytes(definition_place(queue.name)), statement.blob(2)));
    found.push_back(std::move(queue));
  }
}

Result<StorageId> SqliteMessages::create_queue(const std::string& name, const std::string& definition) {
  StorageId storage = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    if (storage_of(connection, name)) return fail(Code::kAlreadyExists, "a queue is called " + name);
    EYRIE_TRY(storage, new_storage(connection));
    EYRIE_TRY(const crypto::SecretKey key, key_of(connection, storage));
    crypto::Aes256Gcm cipher(key);
    const Bytes sealed = crypto::seal_message(cipher, as_bytes(definition_place(name)), as_bytes(definition));
    EYRIE_TRY(Statement insert, connection.prepare("INSERT INTO queues(name, storage, definition) VALUES(?, ?, ?)"));
    return insert.bind(1, name).bind(2, storage).bind_blob(3, sealed).run();
  }));
  return storage;
}

Status SqliteMessages::set_definition(const std::string& name, const std::string& definition) {
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const StorageId storage, storage_of(connection, name));
    EYRIE_TRY(const crypto::SecretKey key, key_of(connection, storage));
    crypto::Aes256Gcm cipher(key);
    const Bytes sealed = crypto::seal_message(cipher, as_bytes(definition_place(name)), as_bytes(definition));
    EYRIE_TRY(Statement update, connection.prepare("UPDATE queues SET definition = ? WHERE name = ?"));
    return update.bind_blob(1, sealed).bind(2, name).run();
  });
}

Status SqliteMessages::drop_queue(const std::string& name) {
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const StorageId storage, storage_of(connection, name));
    EYRIE_CHECK_OK(drop_storage(connection, storage));
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM queues WHERE name = ?"));
    return statement.bind(1, name).run();
  });
}

Result<StorageId> SqliteMessages::empty_queue(const std::string& name) {
  StorageId fresh = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement select, connection.prepare("SELECT storage, definition FROM queues WHERE name = ?"));
    EYRIE_TRY(const bool row, select.bind(1, name).step());
    if (!row) return fail(Code::kNotFound, "no queue is called " + name);
    const StorageId old = select.integer(0);
    const std::string place = definition_place(name);
    EYRIE_TRY(const crypto::SecretKey old_key, key_of(connection, old));
    EYRIE_TRY(const std::string definition, open(old_key, as_bytes(place), select.blob(1)));
    EYRIE_TRY(fresh, new_storage(connection));
    EYRIE_TRY(const crypto::SecretKey key, key_of(connection, fresh));
    crypto::Aes256Gcm cipher(key);
    const Bytes sealed = crypto::seal_message(cipher, as_bytes(place), as_bytes(definition));
    EYRIE_CHECK_OK(drop_storage(connection, old));
    EYRIE_TRY(Statement update, connection.prepare("UPDATE queues SET storage = ?, definition = ? WHERE name = ?"));
    return update.bind(1, fresh).bind_blob(2, sealed).bind(3, name).run();
  }));
  return fresh;
}

std::vector<Status> SqliteMessages::add(std::span<const NewMessage> messages) {
  std::vector<Status> fates(messages.size());
  std::vector<Bytes> sealed(messages.size());
  // Sealed here, so that the writer does nothing but write.
  if (auto connection = database_.reader(); !connection) {
    return std::vector<Status>(messages.size(), fail(connection.error()));
  } else {
    std::map<StorageId, Result<crypto::SecretKey>> opened;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      auto known = opened.find(messages[i].storage);
      if (known == opened.end()) known = opened.emplace(messages[i].storage, key_of(**connection, messages[i].storage)).first;
      if (!known->second) {
        fates[i] = fail(known->second.error());
        continue;
      }
      crypto::Aes256Gcm cipher(*known->second);
      sealed[i] = crypto::seal_message(cipher, messages[i].id, as_bytes(messages[i].content));
    }
  }
  if (std::ranges::none_of(fates, [](const Status& fate) { return fate.has_value(); })) return fates;
  const std::vector<Status> before = fates;
  const Status written = database_.run([&](Connection& connection) -> Status {
    fates = before;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (!fates[i]) continue;
      EYRIE_TRY(Statement insert, connection.prepare(
                                      "INSERT INTO messages(storage, message_id, sent_ms, due_ms, content) SELECT ?1, ?2, ?3, ?4, ?5"
                                      " WHERE EXISTS(SELECT 1 FROM message_storages WHERE id = ?1 AND dropped = 0)"));
      const NewMessage& message = messages[i];
      insert.bind(1, message.storage).bind_blob(2, message.id).bind(3, message.sent_ms).bind(4, message.due_ms).bind_blob(5, sealed[i]);
      EYRIE_CHECK_OK(insert.run());
      if (connection.changes() == 0) fates[i] = fail(Code::kNotFound, "the queue was emptied or deleted meanwhile");
    }
    return {};
  });
  if (written) return fates;
  for (std::size_t i = 0; i < fates.size(); ++i) fates[i] = before[i] ? Status(fail(written.error())) : before[i];
  return fates;
}

Status SqliteMessages::bury(Connection& connection, const ReceiveOptions& options, const Due& due) {
  EYRIE_TRY(const crypto::SecretKey old_key, key_of(connection, options.storage));
  EYRIE_TRY(const crypto::SecretKey new_key, key_of(connection, options.dead_letters));
  const auto content = open(old_key, due.message.id, due.sealed);
  if (!content) {
    // Whoever is to look into it finds the row; nobody is given it.
    log_error("a message cannot be read", {{"row", due.message.row}, {"error", content.error().message}});
    EYRIE_TRY(Statement hide, connection.prepare("UPDATE messages SET due_ms = ? WHERE id = ?"));
    return hide.bind(1, kNever).bind(2, due.message.row).run();
  }
  crypto::Aes256Gcm cipher(new_key);
  const Bytes sealed = crypto::seal_message(cipher, due.message.id, as_bytes(*content));
  // The time of sending stays, so retention goes on counting; so does the count of receipts.
  EYRIE_TRY(Statement move, connection.prepare("UPDATE messages SET storage = ?, content = ?, source = ?, due_ms = ?, leased = 0 WHERE id = ?"));
  return move.bind(1, options.dead_letters).bind_blob(2, sealed).bind(3, options.source).bind(4, options.now_ms).bind(5, due.message.row).run();
}

Status SqliteMessages::take(Connection& connection, const ReceiveOptions& options, std::vector<Due>& taken, bool& more, bool& buried) {
  std::vector<Due> due;
  {
    EYRIE_TRY(Statement select, connection.prepare("SELECT id, message_id, sent_ms, received, first_ms, source, content FROM messages"
                                                   " WHERE storage = ?1 AND due_ms <= ?2 AND sent_ms > ?3 ORDER BY due_ms, id LIMIT ?4"));
    select.bind(1, options.storage).bind(2, options.now_ms).bind(3, options.sent_after_ms);
    select.bind(4, static_cast<std::int64_t>(options.most - taken.size()));
    while (true) {
      EYRIE_TRY(const bool row, select.step());
      if (!row) break;
      Due one{.message = {.row = select.integer(0),
                          .sent_ms = select.integer(2),
                          .first_received_ms = select.integer(4),
                          .received = static_cast<int>(select.integer(3)),
                          .source = select.text(5)},
              .sealed = copy(select.blob(6))};
      const ByteView id = select.blob(1);
      if (id.size() != one.message.id.size()) return fail(Code::kCorrupt, "a stored message has no id");
      std::ranges::copy(id, one.message.id.begin());
      due.push_back(std::move(one));
    }
  }
  more = !due.empty();
  for (Due& one : due) {
    if (options.max_received > 0 && one.message.received >= options.max_received) {
      EYRIE_CHECK_OK(bury(connection, options, one));
      buried = true;
      continue;
    }
    EYRIE_TRY(Statement update,
              connection.prepare("UPDATE messages SET due_ms = ?1, leased = 1, received = received + 1,"
                                 " first_ms = CASE WHEN first_ms = 0 THEN ?2 ELSE first_ms END WHERE id = ?3"));
    EYRIE_CHECK_OK(update.bind(1, options.hidden_until_ms).bind(2, options.now_ms).bind(3, one.message.row).run());
    ++one.message.received;
    if (one.message.first_received_ms == 0) one.message.first_received_ms = options.now_ms;
    taken.push_back(std::move(one));
  }
  return {};
}

Result<Received> SqliteMessages::receive(const ReceiveOptions& options) {
  Received received;
  std::optional<crypto::SecretKey> key;
  {
    EYRIE_TRY(auto connection, database_.reader());
    EYRIE_TRY(key, key_of(*connection, options.storage));
    EYRIE_TRY(Statement statement,
              connection->prepare("SELECT 1 FROM messages WHERE storage = ? AND due_ms <= ? AND sent_ms > ? LIMIT 1"));
    EYRIE_TRY(const bool due, statement.bind(1, options.storage).bind(2, options.now_ms).bind(3, options.sent_after_ms).step());
    if (!due) return received;
  }
  std::vector<Due> taken;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    taken.clear();
    received.buried = false;
    // A dead letter that goes makes room for the next message. What is hidden for no time at all would come round at once.
    std::size_t rounds = kMostBuried / std::max<std::size_t>(1, options.most) + 1;
    for (bool more = true; more && taken.empty() && rounds > 0; --rounds) EYRIE_CHECK_OK(take(connection, options, taken, more, received.buried));
    return {};
  }));
  for (Due& one : taken) {
    auto content = open(*key, one.message.id, one.sealed);
    if (!content) {
      log_error("a message cannot be read", {{"row", one.message.row}, {"error", content.error().message}});
      continue;
    }
    one.message.content = std::move(*content);
    received.messages.push_back(std::move(one.message));
  }
  return received;
}

Status SqliteMessages::remove(std::span<const MessageReceipt> receipts) {
  return database_.run([&](Connection& connection) -> Status {
    for (const MessageReceipt& receipt : receipts) {
      EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM messages WHERE id = ? AND storage = ? AND message_id = ?"));
      EYRIE_CHECK_OK(statement.bind(1, receipt.row).bind(2, receipt.storage).bind_blob(3, receipt.id).run());
    }
    return {};
  });
}

Result<std::vector<ReceiptState>> SqliteMessages::hide(std::span<const Hiding> hidings, std::int64_t now_ms) {
  std::vector<ReceiptState> states;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    states.clear();
    for (const Hiding& hiding : hidings) {
      EYRIE_TRY(Statement select, connection.prepare("SELECT received, due_ms FROM messages WHERE id = ? AND storage = ? AND message_id = ?"));
      select.bind(1, hiding.receipt.row).bind(2, hiding.receipt.storage).bind_blob(3, hiding.receipt.id);
      EYRIE_TRY(const bool row, select.step());
      const ReceiptState state = !row                                            ? ReceiptState::kGone
                                 : select.integer(0) != hiding.receipt.received ? ReceiptState::kStale
                                 : select.integer(1) <= now_ms                   ? ReceiptState::kVisible
                                                                                 : ReceiptState::kCurrent;
      states.push_back(state);
      if (state != ReceiptState::kCurrent) continue;
      EYRIE_TRY(Statement update, connection.prepare("UPDATE messages SET due_ms = ? WHERE id = ?"));
      EYRIE_CHECK_OK(update.bind(1, hiding.due_ms).bind(2, hiding.receipt.row).run());
    }
    return {};
  }));
  return states;
}

Result<MessageCounts> SqliteMessages::counts(StorageId storage, std::int64_t now_ms, std::int64_t sent_after_ms) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT due_ms <= ?2, leased, COUNT(*), MIN(sent_ms) FROM messages WHERE storage = ?1 AND sent_ms > ?3"
                                                     " GROUP BY 1, 2"));
  statement.bind(1, storage).bind(2, now_ms).bind(3, sent_after_ms);
  MessageCounts counts;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return counts;
    const auto count = static_cast<std::uint64_t>(statement.integer(2));
    (statement.integer(0) != 0 ? counts.visible : statement.integer(1) != 0 ? counts.in_flight : counts.delayed) += count;
    const std::int64_t oldest = statement.integer(3);
    counts.oldest_ms = counts.oldest_ms == 0 ? oldest : std::min(counts.oldest_ms, oldest);
  }
}

Result<std::optional<std::int64_t>> SqliteMessages::next_due(StorageId storage, std::int64_t now_ms) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT MIN(due_ms) FROM messages WHERE storage = ? AND due_ms > ?"));
  EYRIE_TRY(const bool row, statement.bind(1, storage).bind(2, now_ms).step());
  if (!row || statement.is_null(0)) return std::nullopt;
  return statement.integer(0);
}

Result<bool> SqliteMessages::expire(StorageId storage, std::int64_t sent_before_ms, std::size_t most) {
  {
    EYRIE_TRY(auto connection, database_.reader());
    EYRIE_TRY(Statement statement, connection->prepare("SELECT 1 FROM messages WHERE storage = ? AND sent_ms <= ? LIMIT 1"));
    EYRIE_TRY(const bool some, statement.bind(1, storage).bind(2, sent_before_ms).step());
    if (!some) return false;
  }
  std::size_t removed = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM messages WHERE id IN"
                                                      " (SELECT id FROM messages WHERE storage = ? AND sent_ms <= ? LIMIT ?)"));
    EYRIE_CHECK_OK(statement.bind(1, storage).bind(2, sent_before_ms).bind(3, static_cast<std::int64_t>(most)).run());
    removed = static_cast<std::size_t>(connection.changes());
    return {};
  }));
  return removed == most;
}

Status SqliteMessages::clamp_times(Connection& connection, std::int64_t now_ms) {
  // Storage by storage, as the index is: a start does not walk over all messages.
  EYRIE_TRY(Statement clamp, connection.prepare("UPDATE messages SET due_ms = ?1 WHERE storage IN (SELECT id FROM message_storages)"
                                                " AND due_ms > ?1 + ?2 AND due_ms < ?3"));
  return clamp.bind(1, now_ms).bind(2, kLongestHiddenMs).bind(3, kNever).run();
}

Status SqliteMessages::move_times(Connection& connection, std::int64_t by_ms) {
  EYRIE_TRY(Statement move, connection.prepare("UPDATE messages SET sent_ms = sent_ms + MAX(?1, 0), due_ms = due_ms + ?1 WHERE due_ms <> ?2"));
  return move.bind(1, by_ms).bind(2, kNever).run();
}

Result<bool> SqliteMessages::sweep(std::size_t most) {
  StorageId storage = 0;
  {
    EYRIE_TRY(auto connection, database_.reader());
    EYRIE_TRY(Statement statement, connection->prepare("SELECT id FROM message_storages WHERE dropped = 1 LIMIT 1"));
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return false;
    storage = statement.integer(0);
  }
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement,
              connection.prepare("DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE storage = ? LIMIT ?)"));
    EYRIE_CHECK_OK(statement.bind(1, storage).bind(2, static_cast<std::int64_t>(most)).run());
    if (static_cast<std::size_t>(connection.changes()) == most) return {};
    EYRIE_TRY(Statement forget, connection.prepare("DELETE FROM message_storages WHERE id = ?"));
    return forget.bind(1, storage).run();
  }));
  return true;
}

}  // namespace eyrie::store
