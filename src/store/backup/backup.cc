#include "store/backup/backup.h"

#include <sys/stat.h>

#include <cerrno>
#include <functional>
#include <set>

#include "base/time/clock.h"
#include "base/ids.h"
#include "store/backup/copy_file.h"
#include "store/backup/hold.h"
#include "store/backup/manifest.h"
#include "store/layout.h"
#include "store/rotation/header_journal.h"
#include "store/sqlite/log_check.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {
namespace fs = std::filesystem;
namespace {

constexpr int kCacheKib = 8192;

class Backup {
 public:
  Backup(const BackupOptions& options, fs::path partial)
      : options_(options), hot_(hot_folder(options.directory)), cold_(cold_folder(options.directory, options.cold)), partial_(std::move(partial)) {}

  Result<BackupCounts> write() {
    // Before the database, which tells what its series are called: the other way round some would have no name.
    EYRIE_CHECK_OK(copy_metrics());
    EYRIE_CHECK_OK(copy_database());
    EYRIE_CHECK_OK(copy_objects());
    EYRIE_CHECK_OK(copy_beside());
    EYRIE_CHECK_OK(sync_file_system(partial_));
    manifest_.made = format_iso8601(Clock::system().now_ms());
    // Last, and synced by itself: where it is, all else is.
    EYRIE_CHECK_OK(write_synced(partial_ / kManifestFile, write_manifest(std::move(manifest_))));
    return std::move(counts_);
  }

 private:
  // Where they cannot be read, the pictures are copied all the same.
  Status copy_metrics() {
    const fs::path from = options_.directory / kMetricsFile, to = partial_ / kMetricsFile;
    std::error_code unreadable;
    if (!fs::exists(from, unreadable)) return {};
    Status copied;
    if (const auto connection = Connection::open_read_only(from, kCacheKib); !connection) {
      copied = fail(connection.error());
    } else {
      copied = (*connection)->copy_to(to);
    }
    if (copied) copied = check_copy(to, [](Connection&) { return Status(); });
    if (!copied && copied.error().code != Code::kCorrupt) return copied;
    if (copied) {
      EYRIE_TRY(const FileDigest digest, digest_of(to));
      note(kMetricsFile, digest);
      return {};
    }
    fs::remove(to, unreadable);
    counts_.missing.push_back(from.string());
    return {};
  }

  Status copy_database() {
    {
      EYRIE_TRY(const auto connection, Connection::open_read_only(options_.directory / kDatabaseFile, kCacheKib));
      EYRIE_TRY(const std::int64_t version, schema_version(*connection));
      if (version != kSchemaVersion) {
        return fail(Code::kUnsupported, "the database has format " + std::to_string(version) + "; this program knows format " + std::to_string(kSchemaVersion) +
                                            (version < kSchemaVersion ? ": a start of `eyrie serve` brings it forward" : ""));
      }
      manifest_.database_format = static_cast<std::uint64_t>(version);
      EYRIE_CHECK_OK(connection->copy_to(partial_ / kDatabaseFile));
    }
    EYRIE_CHECK_OK(check_copy(partial_ / kDatabaseFile, [this](Connection& connection) { return read_names(connection); }));
    EYRIE_TRY(const FileDigest digest, digest_of(partial_ / kDatabaseFile));
    note(kDatabaseFile, digest);
    return {};
  }

  // A damaged database must not take the place of older backups unnoticed.
  static Status check_copy(const fs::path& copy, const std::function<Status(Connection&)>& look) {
    Status whole;
    {
      EYRIE_TRY(const auto connection, Connection::open_read_only(copy, kCacheKib));
      EYRIE_TRY(Statement statement, connection->prepare("PRAGMA integrity_check(1)"));
      EYRIE_TRY(const bool row, statement.step());
      if (!row || statement.text(0) != "ok") whole = fail(Code::kCorrupt, "the database is damaged: " + (row ? statement.text(0) : std::string()) + "; look what `eyrie fsck` finds");
      if (whole) whole = look(*connection);
    }
    // Made by looking at it.
    std::error_code ignored;
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(copy.string() + suffix, ignored);
    return whole;
  }

  Status read_names(Connection& connection) {
    EYRIE_TRY(Statement objects, connection.prepare("SELECT file, cold FROM objects"));
    while (true) {
      EYRIE_TRY(const bool row, objects.step());
      if (!row) break;
      (objects.integer(1) == 0 ? hot_files_ : cold_files_).push_back(objects.text(0));
    }
    EYRIE_TRY(Statement copies, connection.prepare("SELECT file FROM restored_copies WHERE file <> ''"));
    while (true) {
      EYRIE_TRY(const bool row, copies.step());
      if (!row) return {};
      hot_files_.push_back(copies.text(0));
    }
  }

  Status copy_objects() {
    for (const std::string& file : hot_files_) EYRIE_CHECK_OK(copy_object(hot_, "objects", file));
    for (const std::string& file : cold_files_) EYRIE_CHECK_OK(copy_object(cold_, "cold", file));
    return copy(cold_.objects() / kColdMarkFile, fs::path("cold") / kColdMarkFile, copy_to_new);
  }

  Status copy_object(const ObjectFolder& folder, const char* name, const std::string& file) {
    const fs::path from = folder.path(file);
    if (!is_uuid(file)) {
      counts_.missing.push_back(from.string());
      return {};
    }
    const std::uint64_t before = counts_.files;
    EYRIE_CHECK_OK(copy(from, fs::path(name) / file.substr(0, 2) / file, link_or_copy));
    if (counts_.files == before) counts_.missing.push_back(from.string());
    return {};
  }

  Status copy_beside() {
    EYRIE_CHECK_OK(copy(options_.directory / kMasterKeyFile, kMasterKeyFile, copy_to_new));
    for (const fs::path& file : options_.files) EYRIE_CHECK_OK(copy(options_.directory / file, file, copy_to_new));
    for (const fs::path& folder : options_.folders) {
      std::error_code error;
      for (fs::directory_iterator it(options_.directory / folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code unknown;
        if (it->is_regular_file(unknown)) EYRIE_CHECK_OK(copy(it->path(), folder / it->path().filename(), copy_to_new));
      }
      if (error && error != std::errc::no_such_file_or_directory) return fail(Code::kIo, "cannot list " + (options_.directory / folder).string() + ": " + error.message());
    }
    return {};
  }

  using Copier = Result<FileDigest> (*)(const fs::path&, const fs::path&);
  // What is not there is passed over.
  Status copy(const fs::path& from, const fs::path& name, Copier copier) {
    if (!is_manifest_path(name.string())) return fail(Code::kUnsupported, from.string() + " has a name that no backup keeps");
    std::error_code unreadable;
    if (!fs::exists(from, unreadable)) return {};
    const fs::path to = partial_ / name;
    if (made_.insert(to.parent_path()).second) EYRIE_CHECK_OK(make_private_directory(to.parent_path()));
    const auto digest = copier(from, to);
    if (!digest) return fail(digest.error());
    note(name.string(), *digest);
    return {};
  }

  void note(const std::string& name, const FileDigest& digest) {
    manifest_.files.push_back({.path = name, .size = digest.size, .sha256 = digest.sha256});
    ++counts_.files;
    counts_.bytes += digest.size;
  }

  const BackupOptions& options_;
  const ObjectFolder hot_, cold_;
  const fs::path partial_;
  std::vector<std::string> hot_files_, cold_files_;
  std::set<fs::path> made_;
  Manifest manifest_;
  BackupCounts counts_;
};

// Where no server runs the log lies as a crash left it; a server has looked at its own.
Status check_idle_log(const fs::path& directory) {
  const auto lock = lock_directory(directory);
  if (!lock) return {};
  EYRIE_TRY(const LogCheck log, check_log(directory / kDatabaseFile));
  if (log.damaged) return fail(Code::kCorrupt, "the database's log is damaged; look what `eyrie fsck` finds");
  return {};
}

Status check_target(const BackupOptions& options) {
  std::error_code error;
  if (fs::symlink_status(options.target, error).type() != fs::file_type::not_found) return fail(Code::kAlreadyExists, options.target.string() + " is there already");
  const auto directory = fs::weakly_canonical(options.directory, error).string() + "/", target = fs::weakly_canonical(options.target, error).string() + "/";
  if (target.starts_with(directory)) return fail(Code::kInvalidArgument, "a backup cannot lie in the directory that it is of");
  return {};
}

}  // namespace

Result<BackupCounts> make_backup(const BackupOptions& options) {
  std::error_code unreadable;
  if (!fs::exists(options.directory / kDatabaseFile, unreadable)) return fail(Code::kNotFound, "there is no data directory at " + options.directory.string());
  EYRIE_CHECK_OK(check_target(options));
  EYRIE_TRY(const File hold, hold_files(options.directory));
  if (fs::exists(options.directory / kHeaderJournalFile, unreadable)) {
    return fail(Code::kFailedPrecondition, "a rotation of the master key was cut off: end it first, with `eyrie keys rotate` or a start of the server");
  }
  EYRIE_CHECK_OK(check_idle_log(options.directory));
  const fs::path target = options.target.has_filename() ? options.target : options.target.parent_path();
  const fs::path partial = target.string() + ".partial", parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (::mkdir(partial.c_str(), 0700) != 0) {
    if (errno == EEXIST) return fail(Code::kAlreadyExists, partial.string() + " is there, of a backup that was cut off: remove it");
    return fail(system_error("cannot make " + partial.string(), errno));
  }
  auto counts = Backup(options, partial).write();
  Status placed;
  if (counts && ::rename(partial.c_str(), target.c_str()) != 0) placed = fail(system_error("cannot rename " + partial.string(), errno));
  if (!counts || !placed) {
    fs::remove_all(partial, unreadable);
    return fail(counts ? placed.error() : counts.error());
  }
  EYRIE_CHECK_OK(sync_directory(parent));
  return counts;
}

}  // namespace eyrie::store
