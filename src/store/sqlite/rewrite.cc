#include "store/sqlite/rewrite.h"

#include "base/log.h"
#include "store/sqlite/settings.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {
namespace {

constexpr int kCacheKib = 8192;

}  // namespace

// VACUUM writes every page anew, the checkpoint brings them into the file and cuts the log to nothing.
Status rewrite_database(const std::filesystem::path& file) {
  EYRIE_TRY(const auto connection, Connection::open(file, kCacheKib));
  EYRIE_CHECK_OK(connection->execute("PRAGMA temp_store=FILE; VACUUM"));
  EYRIE_TRY(Statement statement, connection->prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  EYRIE_TRY(const bool row, statement.step());
  if (!row || statement.integer(0) != 0) return fail(Code::kUnavailable, "database: the log is in use");
  return {};
}

Status rewrite_clear_pages(Database& database, const std::filesystem::path& file) {
  bool needed = false;
  for (const char* setting : {"clear_items", "clear_faces", "clear_rows"}) {
    EYRIE_TRY(const auto stands, read_setting(database, setting));
    needed = needed || stands;
  }
  if (!needed) return {};
  if (const Status rewritten = rewrite_database(file); !rewritten) {
    log_warning("what lay in clear is sealed, but the database's old pages may still hold it; the next start tries again", {{"error", rewritten.error().message}});
    return {};
  }
  return database.run([](Connection& connection) {
    return connection.execute("DELETE FROM settings WHERE name IN ('clear_items', 'clear_faces', 'clear_rows')");
  });
}

}  // namespace eyrie::store
