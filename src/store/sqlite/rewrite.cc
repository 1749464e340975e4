#include "store/sqlite/rewrite.h"

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

}  // namespace eyrie::store
