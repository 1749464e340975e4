// The embedded MessageStore: the tables `queues`, `message_storages` and `messages`. The format is in docs/formats.md. Thread safety: all of it.
#pragma once

#include "base/bytes.h"
#include "crypto/key_ring.h"
#include "store/message_store.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class SqliteMessages final : public MessageStore {
 public:
  // Both must outlive it.
  SqliteMessages(Database& database, const crypto::KeyRing& keys) : database_(database), keys_(keys) {}

  Result<std::vector<StoredQueue>> queues() override;
  Result<StorageId> create_queue(const std::string& name, const std::string& definition) override;
  Status set_definition(const std::string& name, const std::string& definition) override;
  Status drop_queue(const std::string& name) override;
  Result<StorageId> empty_queue(const std::string& name) override;
  std::vector<Status> add(std::span<const NewMessage> messages) override;
  Result<Received> receive(const ReceiveOptions& options) override;
  Status remove(std::span<const MessageReceipt> receipts) override;
  Result<std::vector<ReceiptState>> hide(std::span<const Hiding> hidings, std::int64_t now_ms) override;
  Result<MessageCounts> counts(StorageId storage, std::int64_t now_ms, std::int64_t sent_after_ms) override;
  Result<std::optional<std::int64_t>> next_due(StorageId storage, std::int64_t now_ms) override;
  Result<bool> expire(StorageId storage, std::int64_t sent_before_ms, std::size_t most) override;
  Result<bool> sweep(std::size_t most) override;

  // At start: what is hidden for longer than anything may be was written by a clock that was wrong, and is shown.
  Status clamp_times(Connection& connection, std::int64_t now_ms);
  // All messages were written down by a clock that goes ahead by so much now (less than 0: back). Going back, the time of sending stays: kept for longer, not for less.
  Status move_times(Connection& connection, std::int64_t by_ms);

  // What a queue's definition, which lies under its storage's key too, is bound to. No message id is as long.
  static std::string definition_place(std::string_view name);
  // What a storage's key is bound to.
  static std::string key_place(StorageId storage);

 private:
  struct Due;
  // kNotFound where the storage is gone.
  Result<crypto::SecretKey> key_of(Connection& connection, StorageId storage) const;
  Status take(Connection& connection, const ReceiveOptions& options, std::vector<Due>& taken, bool& more, bool& buried);
  Status bury(Connection& connection, const ReceiveOptions& options, const Due& due);
  Result<StorageId> new_storage(Connection& connection) const;

  Database& database_;
  const crypto::KeyRing& keys_;
};

}  // namespace eyrie::store
