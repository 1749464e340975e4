#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>

#include "store/backup/backup.h"
#include "store/backup/copy_file.h"
#include "store/backup/manifest.h"
#include "store/layout.h"
#include "store/sqlite/schema.h"

namespace eyrie::store {
namespace fs = std::filesystem;
namespace {

Result<Manifest> read_manifest(const fs::path& backup) {
  std::ifstream in(backup / kManifestFile, std::ios::binary);
  if (!in) return fail(Code::kNotFound, backup.string() + " is no backup: it has no manifest");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse_manifest(text);
}

bool fits(const FileDigest& digest, const ManifestEntry& entry) { return digest.size == entry.size && digest.sha256 == entry.sha256; }

Status check_target(const fs::path& directory) {
  std::error_code error;
  const auto type = fs::symlink_status(directory, error).type();
  if (type == fs::file_type::not_found) return {};
  fs::directory_iterator entries(directory, error);
  if (error) return fail(Code::kIo, "cannot list " + directory.string() + ": " + error.message());
  if (entries != fs::directory_iterator()) return fail(Code::kAlreadyExists, directory.string() + " is not empty");
  return {};
}

Status copy_files(const fs::path& backup, const fs::path& partial, const Manifest& manifest) {
  std::set<fs::path> made;
  for (const ManifestEntry& entry : manifest.files) {
    const fs::path to = partial / entry.path;
    if (made.insert(to.parent_path()).second) EYRIE_CHECK_OK(make_private_directory(to.parent_path()));
    // Never a link: what is restored is written in, and must not share the backup's fate.
    EYRIE_TRY(const FileDigest copied, copy_to_new(backup / entry.path, to));
    if (!fits(copied, entry)) return fail(Code::kCorrupt, entry.path + " is not what the manifest says");
  }
  return sync_file_system(partial);
}

// Out of the folder that says that the restore is not done. The database last: without it nobody takes the directory for one.
Status move_up(const fs::path& partial, const fs::path& directory) {
  std::vector<fs::path> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(partial, error)) {
    if (entry.path().filename() != kDatabaseFile) names.push_back(entry.path().filename());
  }
  names.emplace_back(kDatabaseFile);
  for (const fs::path& name : names) {
    if (::rename((partial / name).c_str(), (directory / name).c_str()) != 0) return fail(system_error("cannot place " + name.string(), errno));
  }
  EYRIE_CHECK_OK(sync_directory(directory));
  if (::rmdir(partial.c_str()) != 0) return fail(system_error("cannot remove " + partial.string(), errno));
  return sync_directory(directory);
}

}  // namespace

Result<BackupCounts> check_backup(const fs::path& backup, const std::function<void(const std::string& problem)>& tell) {
  EYRIE_TRY(const Manifest manifest, read_manifest(backup));
  BackupCounts whole;
  for (const ManifestEntry& entry : manifest.files) {
    const auto digest = digest_of(backup / entry.path);
    if (!digest || !fits(*digest, entry)) {
      tell(digest ? entry.path + " is damaged: it is not what the manifest says" : digest.error().message);
      continue;
    }
    ++whole.files;
    whole.bytes += entry.size;
  }
  return whole;
}

Result<BackupCounts> restore_backup(const fs::path& backup, const fs::path& directory) {
  EYRIE_CHECK_OK(check_target(directory));
  EYRIE_TRY(const Manifest manifest, read_manifest(backup));
  if (manifest.database_format > kSchemaVersion) return fail(Code::kUnsupported, "the backup's database has format " + std::to_string(manifest.database_format) + "; this program knows up to " + std::to_string(kSchemaVersion));
  std::string first;
  std::size_t problems = 0;
  EYRIE_TRY(BackupCounts counts, check_backup(backup, [&](const std::string& problem) {
              if (problems++ == 0) first = problem;
            }));
  if (problems > 0) return fail(Code::kCorrupt, std::to_string(problems) + " files of the backup are damaged or missing, and nothing was restored: " + first);
  EYRIE_CHECK_OK(make_private_directory(directory));
  const fs::path partial = directory / kRestorePartial;
  EYRIE_CHECK_OK(make_private_directory(partial));
  const Status copied = copy_files(backup, partial, manifest);
  if (!copied) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    return fail(copied.error());
  }
  EYRIE_CHECK_OK(move_up(partial, directory));
  EYRIE_CHECK_OK(sync_directory(directory.has_parent_path() ? directory.parent_path() : fs::path(".")));
  return counts;
}

}  // namespace eyrie::store
