// The rows of a table and its items, as reads and writes share them. Within one transaction or one connection's loan.
// Errors: kNotFound - no such table, or one that is being deleted; kCorrupt. Thread safety: as the connection's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/key_ring.h"
#include "store/item_table.h"
#include "store/items/item_rules.h"
#include "store/items/item_seal.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

// A table's description as its row has it, without how many items there are; kCorrupt where it is damaged.
Result<TableDescription> parse_description(const std::string& name, std::string_view text);
// Whether the description is of a table that is being deleted (deleted_tables.h).
bool is_being_deleted(std::string_view description);
std::string write_description(const TableDescription& table, bool being_deleted = false);

struct OpenTable {
  TableDescription description;
  ItemSeal seal;
};
Result<TableDescription> read_table(Connection& connection, const std::string& name);
Result<OpenTable> open_table(Connection& connection, const crypto::KeyRing& keys, const std::string& name);

Result<Item> parse_item(std::string_view text);

struct StoredItem {
  Item item;
  std::int64_t size = 0;
  bool readable = true;
};
Result<std::optional<StoredItem>> read_item(Connection& connection, const std::string& table, ItemSeal& seal,
                                            const EncodedKey& key);

// Adds to what the table's row says of its items.
Status count_items(Connection& connection, const std::string& table, std::int64_t items, std::int64_t bytes);

}  // namespace eyrie::store
