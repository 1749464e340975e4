#include "store/sqlite/sqlite.h"

#include <sqlite3.h>

#include <cerrno>

#include "store/sqlite/checked_pages.h"

namespace eyrie::store {
namespace {

constexpr int kBusyMs = 10'000;

Error sqlite_error(sqlite3* database, int code) {
  const std::string message =
      std::string("database: ") + (database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database));
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {Code::kUnavailable, message};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::kCorrupt, message};
    case SQLITE_CONSTRAINT:
      return {Code::kAlreadyExists, message};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: {
      if (code == SQLITE_IOERR_DATA) return {Code::kCorrupt, "database: a page of its file is damaged"};
      // A failed sync is never "full": what it should have synced may be on disk all the same (see
      // SqliteObjects::commit).
      const bool sync = code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
      const int reason = database == nullptr || sync ? 0 : sqlite3_system_errno(database);
      return {reason == ENOSPC || reason == EDQUOT ? Code::kUnavailable : Code::kIo, message};
    }
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Code::kIo, message};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kUnavailable, message};
    default:
      return {Code::kInternal, message};
  }
}

int open_checked(const std::filesystem::path& file, int flags, sqlite3*& database) {
  const char* const layer = checked_pages();
  if (layer == nullptr) return SQLITE_NOMEM;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, layer);
  if (code == SQLITE_OK) sqlite3_extended_result_codes(database, 1);
  return code;
}

// Of a database that is made, or rewritten, from here on.
void make_room_for_sums(sqlite3* database) {
  int reserved = kPageSumBytes;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
}

}  // namespace

Statement::~Statement() {
  if (statement_ != nullptr) reset();
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL, not "".
  sqlite3_bind_text64(statement_, index, text.data() == nullptr ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int index, ByteView bytes) {
  sqlite3_bind_blob64(statement_, index,
                      bytes.data() == nullptr ? static_cast<const void*>("") : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_real(int index, double value) {
  sqlite3_bind_double(statement_, index, value);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(sqlite_error(database_, code));
}

Status Statement::run() {
  while (true) {
    EYRIE_TRY(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string Statement::text(int column) const {
  const ByteView bytes = blob(column);
  return std::string(as_text(bytes));
}

ByteView Statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, int cache_kib) {
  sqlite3* database = nullptr;
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int code = open_checked(file, kFlags, database);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) return fail(sqlite_error(database, code));
  make_room_for_sums(database);
  sqlite3_busy_timeout(database, kBusyMs);
  // FULL: a commit returns only when the log is synced. Checkpoints are bounded so that the log stays small.
  EYRIE_CHECK_OK(connection->execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF;"
      "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=67108864;"));
  EYRIE_CHECK_OK(connection->execute(("PRAGMA cache_size=-" + std::to_string(cache_kib)).c_str()));
  return connection;
}

Result<std::unique_ptr<Connection>> Connection::open_read_only(const std::filesystem::path& file, int cache_kib) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return fail(Code::kNotFound, "there is no " + file.string());
  sqlite3* database = nullptr;
  const int code = open_checked(file, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, database);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) return fail(sqlite_error(database, code));
  sqlite3_busy_timeout(database, kBusyMs);
  sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  EYRIE_CHECK_OK(connection->execute(("PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" + std::to_string(cache_kib)).c_str()));
  return connection;
}

Status Connection::copy_to(const std::filesystem::path& file) {
  sqlite3* target = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  int code = open_checked(file, kFlags, target);
  const std::unique_ptr<Connection> owner(new Connection(target));
  if (code != SQLITE_OK) return fail(sqlite_error(target, code));
  EYRIE_CHECK_OK(owner->execute("PRAGMA synchronous=FULL"));
  int reserved = -1;  // asks
  sqlite3_file_control(database_, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  if (reserved == kPageSumBytes) {
    // Its first page must say that there are sums before others come.
    make_room_for_sums(target);
    EYRIE_CHECK_OK(owner->execute("PRAGMA user_version = 1"));
  }
  sqlite3_backup* backup = sqlite3_backup_init(target, "main", database_, "main");
  if (backup == nullptr) return fail(sqlite_error(target, sqlite3_errcode(target)));
  // In one step, so that nobody's writing makes it begin again.
  code = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE || finished != SQLITE_OK) return fail(sqlite_error(target, finished != SQLITE_OK ? finished : code));
  return {};
}

Connection::~Connection() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(database_);
}

Status Connection::execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(database_, code));
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return Statement(database_, found->second);
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(database_, code));
  statements_.emplace(sql, statement);
  return Statement(database_, statement);
}

int Connection::changes() const {
  return sqlite3_changes(database_);
}

std::int64_t Connection::last_insert_id() const {
  return sqlite3_last_insert_rowid(database_);
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}

}  // namespace eyrie::store
