// The embedded Outbox: rows of the tables `outbox_messages`, `outbox_deliveries`, `said_once` and `last_said`. The format is in docs/formats.md.
// Thread safety: all of it.
#pragma once

#include "crypto/key_ring.h"
#include "store/outbox.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class SqliteOutbox final : public Outbox {
 public:
  // Both must outlive it.
  SqliteOutbox(Database& database, const crypto::KeyRing& keys) : database_(database), keys_(keys) {}

  Result<bool> publish(const std::vector<OutgoingMessage>& messages, std::int64_t now_ms, const std::optional<Once>& once = {}) override;
  Result<std::vector<Waiting>> waiting() override;
  Result<std::vector<Delivery>> due(const std::string& subscriber, std::int64_t now_ms, std::size_t most,
                                    const std::vector<std::int64_t>& without) override;
  Result<std::optional<std::int64_t>> next_due(const std::string& subscriber, const std::vector<std::int64_t>& without) override;
  Status settle(const std::vector<Settlement>& settlements) override;
  Status drop(const std::string& subscriber) override;
  Result<std::uint64_t> pending() override;

  // At start: what is due later than anything may be was written by a clock that was wrong, and is due now.
  Status clamp_times(Connection& connection, std::int64_t now_ms);
  // What waits was written down by a clock that goes ahead by so much now (less than 0: back).
  Status move_times(Connection& connection, std::int64_t by_ms);

  // What a message's content, which begins with its key, is bound to.
  static std::string place_of(const std::string& name);

 private:
  Database& database_;
  const crypto::KeyRing& keys_;
};

}  // namespace eyrie::store
