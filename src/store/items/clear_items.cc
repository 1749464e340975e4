#include "store/items/clear_items.h"

#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "store/items/item_seal.h"
#include "store/sqlite/settings.h"

namespace eyrie::store {
namespace {

constexpr int kBatch = 256;

Status make_keys(Connection& connection, const crypto::KeyRing& keys) {
  std::vector<std::string> names;
  {
    EYRIE_TRY(Statement statement, connection.prepare("SELECT name FROM tables WHERE data_key = x''"));
    while (true) {
      EYRIE_TRY(const bool row, statement.step());
      if (!row) break;
      names.push_back(statement.text(0));
    }
  }
  for (const std::string& name : names) {
    const Bytes key = ItemSeal::make_key(keys, name);
    EYRIE_TRY(Statement statement, connection.prepare("UPDATE tables SET data_key = ? WHERE name = ?"));
    EYRIE_CHECK_OK(statement.bind_blob(1, key).bind(2, name).run());
  }
  return {};
}

Result<std::map<std::string, ItemSeal>> open_seals(Database& database, const crypto::KeyRing& keys) {
  EYRIE_TRY(auto connection, database.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT name, data_key FROM tables"));
  std::map<std::string, ItemSeal> seals;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return seals;
    const std::string name = statement.text(0);
    EYRIE_TRY(ItemSeal seal, ItemSeal::open_key(keys, name, statement.blob(1)));
    seals.emplace(name, std::move(seal));
  }
}

struct SealedRow {
  std::int64_t row = 0;
  Bytes item;
};

// Clear items are text, sealed ones blobs.
Result<std::vector<SealedRow>> next_batch(Connection& connection, std::map<std::string, ItemSeal>& seals,
                                          std::int64_t after) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT rowid, name, partition, sort, item FROM items"
                               " WHERE rowid > ? AND typeof(item) = 'text' ORDER BY rowid LIMIT ?"));
  statement.bind(1, after).bind(2, std::int64_t{kBatch});
  std::vector<SealedRow> batch;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return batch;
    const auto seal = seals.find(statement.text(1));
    if (seal == seals.end()) return fail(Code::kCorrupt, "an item has no table");
    batch.push_back({.row = statement.integer(0),
                     .item = seal->second.seal(statement.blob(2), statement.blob(3), as_text(statement.blob(4)))});
  }
}

Status write_batch(Connection& connection, const std::vector<SealedRow>& batch) {
  for (const SealedRow& sealed : batch) {
    EYRIE_TRY(Statement statement, connection.prepare("UPDATE items SET item = ? WHERE rowid = ?"));
    EYRIE_CHECK_OK(statement.bind_blob(1, sealed.item).bind(2, sealed.row).run());
  }
  return {};
}

Result<std::size_t> seal_rows(Database& database, std::map<std::string, ItemSeal>& seals) {
  std::int64_t after = 0;
  std::size_t count = 0;
  while (true) {
    std::vector<SealedRow> batch;
    EYRIE_CHECK_OK(database.run([&](Connection& connection) -> Status {
      EYRIE_TRY(batch, next_batch(connection, seals, after));
      return write_batch(connection, batch);
    }));
    if (batch.empty()) return count;
    count += batch.size();
    after = batch.back().row;
  }
}

}  // namespace

Status seal_clear_items(Database& database, const crypto::KeyRing& keys) {
  EYRIE_TRY(const auto needed, read_setting(database, "clear_items"));
  if (!needed) return {};
  EYRIE_CHECK_OK(database.run([&](Connection& connection) { return make_keys(connection, keys); }));
  EYRIE_TRY(auto seals, open_seals(database, keys));
  EYRIE_TRY(const std::size_t count, seal_rows(database, seals));
  if (count > 0) log_info("items sealed that were stored in clear", {{"items", count}});
  return {};
}

}  // namespace eyrie::store
