// ItemTable over SQLite: an item is a row, its keys encoded so that rows order as DynamoDB orders items, itself
// sealed (item_seal.h).
#pragma once

#include "base/time/clock.h"
#include "crypto/key_ring.h"
#include "store/item_table.h"
#include "store/items/item_rules.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class SqliteItems final : public ItemTable {
 public:
  // All must outlive it.
  SqliteItems(Database& database, const crypto::KeyRing& keys, const Clock& clock)
      : database_(database), keys_(keys), clock_(clock) {}

  Status create_table(const TableDescription& table) override;
  Result<TableDescription> describe(const std::string& table) override;
  Result<std::vector<std::string>> tables() override;
  Status delete_table(const std::string& table) override;
  Result<std::optional<Item>> put(const std::string& table, const Item& item,
                                  const Condition& condition) override;
  Result<std::optional<Item>> get(const std::string& table, const Item& key) override;
  Result<std::optional<Item>> remove(const std::string& table, const Item& key,
                                     const Condition& condition) override;
  Status write(const std::vector<ItemWrite>& writes, std::vector<Written>& written) override;
  Result<std::vector<std::optional<Item>>> get_all(const std::vector<ItemKey>& keys, std::uint64_t max_bytes) override;
  Result<Page> query(const std::string& table, const json::value& partition, const SortCondition& sort,
                     bool forward, const PageOptions& page) override;
  Result<Page> scan(const std::string& table, const PageOptions& page) override;

 private:
  Result<std::optional<Item>> write_one(ItemWrite write);

  Database& database_;
  const crypto::KeyRing& keys_;
  const Clock& clock_;
};

}  // namespace eyrie::store
