// Writes a database's file anew, so that no page of it and no frame of its log holds what was deleted or replaced.
//
// What this does not reach: blocks that the file system has freed, and copies made elsewhere. Needs free space of the file's size beside it and in
// SQLite's temporary folder (SQLITE_TMPDIR, else /var/tmp). Errors: kUnavailable - no room, or somebody reads.
#pragma once

#include <filesystem>

#include "store/sqlite/database.h"

namespace eyrie::store {

// No other connection may be reading.
Status rewrite_database(const std::filesystem::path& file);

// What formats before had in clear is sealed by now (items/clear_items.h, faces/clear_faces.h, sealing/clear_rows.h), but old pages may hold it for as long as their
// settings stand. Writes the file anew where one does, and removes them. Where there is no room: a warning, and the next start tries again.
Status rewrite_clear_pages(Database& database, const std::filesystem::path& file);

}  // namespace eyrie::store
