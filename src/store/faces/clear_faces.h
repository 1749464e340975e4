// What is known of faces and users lay in clear before format 7. It is sealed when the store is first opened, before anything is served.
//
// Rows move from tables of other names in batches, a transaction each; then the whole file is written anew (sqlite/rewrite.h). Killed in between,
// it goes on at the next start. Where there is no room to write the file anew, the rows are sealed all the same, a warning is logged and
// the rest is tried again at the next start.
#pragma once

#include <filesystem>

#include "crypto/key_ring.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

// Does nothing where nothing is in clear. `file` is the database's; no other connection may be reading.
Status seal_clear_faces(Database& database, const std::filesystem::path& file, const crypto::KeyRing& keys);

}  // namespace eyrie::store
