#include "store/items/item_writes.h"

#include <map>

#include "base/log.h"
#include "store/items/table_rows.h"

namespace eyrie::store {
namespace {

// For whoever replaces or removes it whatever it is: a damaged item must not stand in the way of that, and counts with its size.
Result<std::optional<StoredItem>> read_to_replace(Connection& connection, const std::string& table, ItemSeal& seal, const EncodedKey& key) {
  auto stored = read_item(connection, table, seal, key);
  if (stored || stored.error().code != Code::kCorrupt) return stored;
  log_error("a damaged item is replaced or removed", {{"table", table}, {"error", stored.error().message}});
  EYRIE_TRY(Statement statement, connection.prepare("SELECT size FROM items WHERE name = ? AND partition = ? AND sort = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, table).bind_blob(2, key.partition).bind_blob(3, key.sort).step());
  return StoredItem{.item = {}, .size = row ? statement.integer(0) : 0, .readable = false};
}

Result<std::int64_t> checked_size(const Item& item, const char* too_large) {
  const std::uint64_t size = item_bytes(item);
  if (size > kMaxItemBytes) return fail(Code::kTooLarge, too_large);
  return static_cast<std::int64_t>(size);
}

// An item as it goes to the disk.
struct Outgoing {
  std::string text;
  std::int64_t size = 0;
};

// Checks and writes out what is known before the transaction, which others wait for.
Result<Outgoing> prepare_write(ItemWrite& write) {
  if (write.kind != ItemWrite::Kind::kPut) return Outgoing{};
  EYRIE_CHECK_OK(normalize_item(write.item));
  EYRIE_TRY(const std::int64_t size, checked_size(write.item, "Item size has exceeded the maximum allowed size"));
  return Outgoing{.text = write_json(write.item), .size = size};
}

// One write within the transaction.
class Writing {
 public:
  Writing(Connection& connection, OpenTable& table, const ItemWrite& write)
      : connection_(connection), table_(table.description), seal_(table.seal), write_(write) {}

  Status run(const Outgoing& prepared, Written& written) {
    EYRIE_TRY(key_, write_.kind == ItemWrite::Kind::kPut ? encode_key(table_, write_.item) : encode_exact_key(table_, write_.item));
    const bool whatever = !write_.condition && (write_.kind == ItemWrite::Kind::kPut || write_.kind == ItemWrite::Kind::kRemove);
    EYRIE_TRY(before_, whatever ? read_to_replace(connection_, table_.name, seal_, key_) : read_item(connection_, table_.name, seal_, key_));
    const Status done = change(prepared, written);
    if (before_ && before_->readable) written.before = std::move(before_->item);
    return done;
  }

 private:
  Status change(const Outgoing& prepared, Written& written) {
    const Item* current = before_ ? &before_->item : nullptr;
    if (write_.condition && !write_.condition(current)) return fail(Code::kFailedPrecondition, "The conditional request failed");
    switch (write_.kind) {
      case ItemWrite::Kind::kPut:
        return put(prepared);
      case ItemWrite::Kind::kRemove:
        return remove();
      case ItemWrite::Kind::kEdit:
        return edit(current, written);
      case ItemWrite::Kind::kCheck:
        break;
    }
    return {};
  }

  Status edit(const Item* current, Written& written) {
    EYRIE_TRY(written.after, write_.edit(current));
    if (!written.after) return {};
    EYRIE_TRY(const EncodedKey key, encode_key(table_, *written.after));
    if (key.partition != key_.partition || key.sort != key_.sort) return fail(Code::kInternal, "an edit must leave the item's key");
    EYRIE_TRY(const std::int64_t size, checked_size(*written.after, "Item size to update has exceeded the maximum allowed size"));
    return put({.text = write_json(*written.after), .size = size});
  }

  Status put(const Outgoing& item) {
    const Bytes sealed = seal_.seal(key_.partition, key_.sort, item.text);
    EYRIE_TRY(Statement statement,
              connection_.prepare("INSERT OR REPLACE INTO items(name, partition, sort, item, size) VALUES(?, ?, ?, ?, ?)"));
    statement.bind(1, table_.name).bind_blob(2, key_.partition).bind_blob(3, key_.sort).bind_blob(4, sealed);
    statement.bind(5, item.size);
    EYRIE_CHECK_OK(statement.run());
    return count_items(connection_, table_.name, before_ ? 0 : 1, item.size - (before_ ? before_->size : 0));
  }

  Status remove() {
    if (!before_) return {};
    EYRIE_TRY(Statement statement, connection_.prepare("DELETE FROM items WHERE name = ? AND partition = ? AND sort = ?"));
    EYRIE_CHECK_OK(statement.bind(1, table_.name).bind_blob(2, key_.partition).bind_blob(3, key_.sort).run());
    return count_items(connection_, table_.name, -1, -before_->size);
  }

  Connection& connection_;
  const TableDescription& table_;
  ItemSeal& seal_;
  const ItemWrite& write_;
  EncodedKey key_;
  std::optional<StoredItem> before_;
};

}  // namespace

Status write_items(Database& database, const crypto::KeyRing& keys, std::vector<ItemWrite> writes, std::vector<Written>& written) {
  written.clear();
  written.resize(writes.size());
  std::vector<Outgoing> prepared;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    auto one = prepare_write(writes[i]);
    if (!one) {
      written[i].status = fail(one.error());
      return written[i].status;
    }
    prepared.push_back(std::move(*one));
  }
  return database.run([&](Connection& connection) -> Status {
    std::map<std::string, OpenTable> tables;
    Status all;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      const std::string& name = writes[i].table;
      if (!tables.contains(name)) {
        EYRIE_TRY(OpenTable table, open_table(connection, keys, name));
        tables.emplace(name, std::move(table));
      }
      written[i].status = Writing(connection, tables.at(name), writes[i]).run(prepared[i], written[i]);
      // The others are still asked: the answer tells of each. All of it is rolled back.
      if (all && !written[i].status) all = written[i].status;
    }
    return all;
  });
}

}  // namespace eyrie::store
