// Backups of a data directory, made while a server runs on it or while none does, and brought back.
//
// A backup is a folder like a data directory, with a manifest: a copy of the database as it was at one moment, and the files that it names. It needs no key, and is as readable as the directory is: master.key is in it as it lies there.
// Files of objects are never changed but for a rotation's headers, so on the same file system they are hard links (a rotation copies such a file first).
//
// Errors: kAlreadyExists - the target is there; kUnavailable - another backup or a rotation is at work, or no room; kCorrupt - the database, its log or the backup is damaged; kNotFound; kUnsupported - another format; kIo. A backup or restore that
// fails leaves nothing under its name. Thread safety: one thread each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace eyrie::store {

struct BackupOptions {
  std::filesystem::path directory;
  std::filesystem::path cold = {};  // as in EmbeddedOptions
  std::filesystem::path target;     // must not be there; it is written as TARGET.partial, synced, and renamed
  // What others keep in the directory, relative: files that are copied where they are there, and folders whose files are.
  std::vector<std::filesystem::path> files = {}, folders = {};
};

struct BackupCounts {
  std::uint64_t files = 0, bytes = 0;
  std::vector<std::string> missing;  // files that rows name and that are not there, and metrics that cannot be read: damage of before, which the backup has too
};

Result<BackupCounts> make_backup(const BackupOptions& options);

// Reads all of a backup and compares. What is wrong with its files is told one by one; an error where that is not known, for want of a manifest. Answers how many files and bytes were whole.
Result<BackupCounts> check_backup(const std::filesystem::path& backup, const std::function<void(const std::string& problem)>& tell);

// Checks the backup, then copies it. `directory` must be empty, or not there. Until all is there and synced it lies below kRestorePartial in it, and no store opens such a directory.
Result<BackupCounts> restore_backup(const std::filesystem::path& backup, const std::filesystem::path& directory);
inline constexpr const char* kRestorePartial = "restore.partial";

}  // namespace eyrie::store
