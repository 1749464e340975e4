// Keeps objects' files where they are while a backup copies what its copy of the database names, also those that no row names any more by then.
//
// A backup is a process of its own beside the server, so the hold is a lock on a file, backup.lock, that ends with whoever has it. Whoever removes a file that a row has named asks first, after the transaction that took the name away: a file
// that is still removed then was unnamed before the hold began, and the copy of the database, taken under the hold, does not name it. A rotation of the master key, which writes in files' headers, takes the hold too, so that neither is at
// work while the other is.
//
// Thread safety: all of it.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "store/objects/chunk_file.h"

namespace eyrie::store {

// Until the file answered goes. kUnavailable: a backup or a rotation has it.
Result<File> hold_files(const std::filesystem::path& data_directory);
// Also where it cannot be found out.
bool files_are_held(const std::filesystem::path& data_directory);

}  // namespace eyrie::store
