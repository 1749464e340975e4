#include "store/check/check.h"

#include <functional>
#include <optional>
#include <string>

#include "base/encoding.h"
#include "store/check/object_checks.h"
#include "store/check/table_checks.h"
#include "store/layout.h"
#include "store/rotation/header_journal.h"
#include "store/sqlite/checked_pages.h"
#include "store/sqlite/log_check.h"
#include "store/sqlite/schema.h"

namespace eyrie::store {
namespace {

constexpr int kCheckCacheKib = 8192;
constexpr const char* kRestore = "restore a backup";

// SQLite's own: the trees of pages, indexes against their tables, what must be unique or not null.
void check_pages(Connection& connection, const std::function<void(const std::string& what)>& damaged) {
  auto statement = connection.prepare("PRAGMA integrity_check(100)");
  if (!statement) return damaged(statement.error().message);
  while (true) {
    const auto row = statement->step();
    if (!row) return damaged(row.error().message);
    if (!*row) return;
    if (statement->text(0) != "ok") damaged(statement->text(0));
  }
}

// What stands outside of the database.
class Directory {
 public:
  Directory(const EmbeddedOptions& options, const CheckSinks& sinks, CheckCounts& counts)
      : options_(options), sinks_(sinks), counts_(counts), database_(options.directory / kDatabaseFile) {}

  void report(Finding finding) {
    ++(finding.harmless ? counts_.harmless : counts_.damage);
    sinks_.found(finding);
  }

  // nullopt: damaged, and reported.
  Result<std::optional<crypto::KeyRing>> key_ring() {
    const auto file = options_.directory / kMasterKeyFile;
    auto keys = crypto::KeyRing::load(file, options_.keys.sources);
    if (keys) return *std::move(keys);
    if (keys.error().code != Code::kCorrupt && keys.error().code != Code::kNotFound) return fail(keys.error());
    report({.kind = "key", .place = file.string(), .what = keys.error().message, .advice = "bring it back from where it is kept a second time: nothing stored can be read without it"});
    return std::nullopt;
  }

  // Whether it is whole.
  Result<bool> check_log_of_database() {
    EYRIE_TRY(const LogCheck log, check_log(database_));
    if (!log.damaged) return true;
    report({.kind = "log", .place = database_.string() + "-wal", .what = "it is damaged: changes that were acknowledged are in its damaged part", .advice = kRestore});
    return false;
  }

  // nullopt: it cannot be opened, which is reported.
  std::optional<std::unique_ptr<Connection>> open_database() {
    auto connection = Connection::open_read_only(database_, kCheckCacheKib);
    if (!connection) {
      database_damaged(connection.error().message);
      return std::nullopt;
    }
    return *std::move(connection);
  }
  void database_damaged(const std::string& what) { report({.kind = "database", .place = database_.string(), .what = what, .advice = kRestore}); }

  // What they hold is in the clear: that their pages are whole is all that can be told.
  void check_beside(const char* name, const std::string& without) {
    const auto file = options_.directory / name;
    std::error_code unreadable;
    if (!std::filesystem::exists(file, unreadable)) return;
    const auto damaged = [&](const std::string& what) {
      report({.kind = "database", .place = file.string(), .what = what, .advice = "restore a backup, or move it away: the next start begins a new one, without the " + without + " of before"});
    };
    const auto log = check_log(file);
    if (!log) return damaged(log.error().message);
    if (log->damaged) return damaged("its log is damaged");
    if (const auto sums = page_sums_of(file); !sums) return damaged(sums.error().message);
    const auto connection = Connection::open_read_only(file, kCheckCacheKib);
    if (!connection) return damaged(connection.error().message);
    check_pages(**connection, damaged);
  }

  void check_cold_mark(const Checking& checking, const ObjectFolder& cold) {
    std::string expected;
    checking.each("SELECT value FROM settings WHERE name = 'cold_folder'", "settings", [&](const Statement& row) { expected = row.text(0); });
    const std::string mark = read_cold_mark(cold.objects());
    if (expected.empty() || mark == expected) return;
    report({.kind = "cold-folder", .place = cold.objects().string(), .what = "it is not the cold folder of this data directory", .advice = "mount its disk, or name it with --cold"});
  }
  void check_master_key(const Checking& checking) {
    checking.each("SELECT value FROM settings WHERE name = 'master_key'", "settings", [&](const Statement& row) {
      const auto id = whole_number<std::uint32_t>(row.text(0));
      if (id && checking.keys.has(*id)) return;
      report({.kind = "key", .place = (options_.directory / kMasterKeyFile).string(), .what = "it holds another key than the objects were encrypted with", .advice = "bring back the key that belongs to this directory"});
    });
  }
  void check_leftovers(const HeaderJournal& journal) {
    if (journal.left() == HeaderJournal::Left::kWhole) leftover(kHeaderJournalFile, "a rotation of the master key was cut off", "the next start goes on with it; `eyrie keys rotate` ends it");
    if (journal.left() == HeaderJournal::Left::kCutOff) {
      report({.kind = "journal", .place = (options_.directory / kHeaderJournalFile).string(), .what = "it is cut off or damaged", .advice = "run `eyrie keys rotate` again"});
    }
    std::error_code error;
    for (std::filesystem::directory_iterator it(options_.directory, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() == ".new") leftover(it->path().filename().string(), "a file whose writing was cut off", "the next writing of that file removes it");
    }
  }

 private:
  void leftover(const std::string& name, std::string what, std::string advice) {
    report({.kind = "leftover", .place = (options_.directory / name).string(), .what = std::move(what), .advice = std::move(advice), .harmless = true});
  }

  const EmbeddedOptions& options_;
  const CheckSinks& sinks_;
  CheckCounts& counts_;
  const std::filesystem::path database_;
};

void check_everything(const Checking& checking, const EmbeddedOptions& options, Directory& directory) {
  const ObjectFolder hot = hot_folder(options.directory), cold = cold_folder(options.directory, options.cold);
  directory.check_master_key(checking);
  directory.check_cold_mark(checking, cold);
  directory.check_leftovers(HeaderJournal(options.directory, hot, cold));
  for (const TableCheck& table : table_checks()) {
    if (table.check != nullptr) table.check(checking);
  }
  const ObjectChecks objects(checking, hot, cold);
  objects.check_rows();
  objects.check_files();
}

}  // namespace

Result<CheckCounts> check_store(const EmbeddedOptions& options, const CheckSinks& sinks) {
  std::error_code unreadable;
  if (!std::filesystem::exists(options.directory / kDatabaseFile, unreadable)) return fail(Code::kNotFound, "there is no data directory at " + options.directory.string());
  EYRIE_TRY(const File lock, lock_directory(options.directory));
  CheckCounts counts;
  Directory directory(options, sinks, counts);
  EYRIE_TRY(const auto keys, directory.key_ring());
  directory.check_beside(kMetricsFile, "metrics");
  directory.check_beside(kTracesFile, "traces");
  EYRIE_TRY(const bool log_is_whole, directory.check_log_of_database());
  // SQLite would make the index beside the log anew, and with it forget how much was committed.
  if (!log_is_whole) return counts;
  if (const auto sums = page_sums_of(options.directory / kDatabaseFile); !sums) {
    directory.database_damaged(sums.error().message);
    return counts;
  }
  const auto connection = directory.open_database();
  if (!connection) return counts;
  const auto version = schema_version(**connection);
  if (!version) {
    directory.database_damaged(version.error().message);
    return counts;
  }
  if (*version != kSchemaVersion) {
    return fail(Code::kUnsupported, "the database has format " + std::to_string(*version) + "; this program checks format " + std::to_string(kSchemaVersion) +
                                        (*version < kSchemaVersion ? ": a start of `eyrie serve` brings it forward" : ""));
  }
  check_pages(**connection, [&](const std::string& what) { directory.database_damaged(what); });
  if (keys) check_everything({.connection = **connection, .keys = *keys, .sinks = sinks, .counts = counts}, options, directory);
  return counts;
}

}  // namespace eyrie::store
