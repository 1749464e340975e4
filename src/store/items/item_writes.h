// Writes of items: several in one transaction, each with its condition. What ItemTable::write() means. Thread-safe.
#pragma once

#include "crypto/key_ring.h"
#include "store/item_table.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

Status write_items(Database& database, const crypto::KeyRing& keys, std::vector<ItemWrite> writes, std::vector<Written>& written);

}  // namespace eyrie::store
