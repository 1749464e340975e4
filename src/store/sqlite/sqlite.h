// A thin layer over SQLite: connections that close themselves, cached prepared statements, errors as Result.
//
// A full disk reads as kUnavailable, a damaged file as kCorrupt: each page has a sum (checked_pages.h). Thread safety: one connection is one
// thread's at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace eyrie::store {

// A statement on loan from its connection's cache; reset when it goes. Parameters count from 1, columns from
// 0.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  Statement(Statement&& other) noexcept
      : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // The bytes bound must live until the statement is reset or gone.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, ByteView bytes);
  Statement& bind_real(int index, double value);

  // True: a row is there. False: done.
  Result<bool> step();
  Status run();  // steps to the end
  void reset();

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  ByteView blob(int column) const;  // until the next step
  bool is_null(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
};

class Connection {
 public:
  // `cache_kib`: the most that this connection keeps of the file in memory.
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, int cache_kib);
  // For reading alone: nothing of the file is changed, also when this is the last to close it, and somebody else may be writing it. kNotFound where it is not there.
  static Result<std::unique_ptr<Connection>> open_read_only(const std::filesystem::path& file, int cache_kib);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Writes a copy of the whole database, as it is at one moment, into a new file. It is synced.
  Status copy_to(const std::filesystem::path& file);

  Status execute(const char* sql);  // one or more statements without parameters
  Result<Statement> prepare(std::string_view sql);
  int changes() const;  // rows touched by the last statement
  std::int64_t last_insert_id() const;
  // False also after an error made SQLite roll the transaction back by itself (disk full, I/O error).
  bool in_transaction() const;

 private:
  explicit Connection(sqlite3* database) : database_(database) {}
  sqlite3* database_;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> statements_;  // by their SQL
};

}  // namespace eyrie::store
