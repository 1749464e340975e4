// Items of before format 6 lie in clear. They are sealed when the store is first opened, before anything is served.
//
// Rows go in batches, a transaction each; then the whole file is written anew and the log emptied, so that no page
// and no frame of the log holds what was in clear. Killed in between, it goes on at the next start. What it does
// not reach: blocks that the file system has freed, and copies made elsewhere.
//
// Needs free space of the database's size beside it and in SQLite's temporary folder (SQLITE_TMPDIR, else
// /var/tmp). Where that is missing the rows are sealed all the same, a warning is logged and the rest is tried again
// at the next start.
#pragma once

#include <filesystem>

#include "crypto/key_ring.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

// Does nothing where nothing is in clear. `file` is the database's; no other connection may be reading.
Status seal_clear_items(Database& database, const std::filesystem::path& file, const crypto::KeyRing& keys);

}  // namespace eyrie::store
