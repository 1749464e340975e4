// Items of before format 6 lie in clear. They are sealed when the store is first opened, before anything is served.
//
// Rows go in batches, a transaction each; afterwards the whole file is written anew (sqlite/rewrite.h). Killed in between, it goes on at the next start.
#pragma once

#include "crypto/key_ring.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

// Does nothing where nothing is in clear.
Status seal_clear_items(Database& database, const crypto::KeyRing& keys);

}  // namespace eyrie::store
