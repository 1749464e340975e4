// Tables that go, with their items.
//
// A table is marked first, in its row; from then on nobody finds it. Its items go in batches, a transaction each, so that other writes
// need not wait for all of them, and its row goes last. Killed in between, it goes on when the store is next opened. Thread-safe.
#pragma once

#include <string>

#include "store/sqlite/database.h"

namespace eyrie::store {

// kNotFound where there is no such table.
Status delete_table_rows(Database& database, const std::string& name);

// Ends what was begun and cut off.
Status finish_deletions(Database& database);

}  // namespace eyrie::store
