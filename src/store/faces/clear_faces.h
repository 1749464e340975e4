// What is known of faces and users lay in clear before format 7. It is sealed when the store is first opened, before anything is served.
//
// Rows move from tables of other names in batches, a transaction each; afterwards the whole file is written anew (sqlite/rewrite.h). Killed in between,
// it goes on at the next start.
#pragma once

#include "crypto/key_ring.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

// Does nothing where nothing is in clear.
Status seal_clear_faces(Database& database, const crypto::KeyRing& keys);

}  // namespace eyrie::store
