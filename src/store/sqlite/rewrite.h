// Writes a database's file anew, so that no page of it and no frame of its log holds what was deleted or replaced.
//
// What this does not reach: blocks that the file system has freed, and copies made elsewhere. Needs free space of the file's size beside it and in
// SQLite's temporary folder (SQLITE_TMPDIR, else /var/tmp). Errors: kUnavailable - no room, or somebody reads.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace eyrie::store {

// No other connection may be reading.
Status rewrite_database(const std::filesystem::path& file);

}  // namespace eyrie::store
