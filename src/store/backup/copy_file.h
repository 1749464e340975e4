// Copying files with a digest of what was copied. New files have mode 0600; nothing is synced. Errors: kNotFound - `from` is not there; kUnavailable - no room; kIo.
// Thread safety: all of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace eyrie::store {

struct FileDigest {
  std::uint64_t size = 0;
  std::string sha256;  // hexadecimal
};

Result<FileDigest> digest_of(const std::filesystem::path& file);
// `to` must not be there.
Result<FileDigest> copy_to_new(const std::filesystem::path& from, const std::filesystem::path& to);
// A second name for the same file where the file system can, else a copy.
Result<FileDigest> link_or_copy(const std::filesystem::path& from, const std::filesystem::path& to);

// Brings all that was written to the file system of `directory` onto the disk.
Status sync_file_system(const std::filesystem::path& directory);

}  // namespace eyrie::store
