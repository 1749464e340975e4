// What the parts of the check share. Internal to store/check.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "store/check/check.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {

struct Checking {
  Connection& connection;
  const crypto::KeyRing& keys;
  const CheckSinks& sinks;
  CheckCounts& counts;

  void report(Finding finding) const {
    ++(finding.harmless ? counts.harmless : counts.damage);
    sinks.found(finding);
  }
  // A row that does not open or parse.
  void damaged_row(std::string place, std::string what) const {
    report({.kind = "row", .place = std::move(place), .what = std::move(what), .advice = "restore a backup, or write it anew: what it held is lost"});
  }
  // A row that refers to what is not there.
  void dangling(std::string place, std::string what) const {
    report({.kind = "reference", .place = std::move(place), .what = std::move(what), .advice = "the database was damaged, or changed past Eyrie: restore a backup"});
  }
  // A number that says how many there are, and is wrong.
  void miscounted(std::string place, std::string what) const {
    report({.kind = "count", .place = std::move(place), .what = std::move(what), .advice = "nothing is lost by it, but the database was damaged, or changed past Eyrie"});
  }
  // Reports where something does not open; whether it does.
  template <typename T>
  bool opens(const Result<T>& opened, std::string place) const {
    if (!opened) damaged_row(std::move(place), opened.error().message);
    return opened.has_value();
  }

  // Each row of a query. A page that cannot be read ends it, and is reported; what other queries read may be whole.
  template <typename Row>
  void each(std::string_view sql, std::string_view table, Row row) const {
    auto statement = connection.prepare(sql);
    if (!statement) return unreadable(table, statement.error());
    while (true) {
      const auto more = statement->step();
      if (!more) return unreadable(table, more.error());
      if (!*more) return;
      row(*statement);
    }
  }
  // The first column of a query's first row; 0 where there is none.
  std::int64_t number(std::string_view sql, std::string_view table) const {
    std::int64_t value = 0;
    each(sql, table, [&](const Statement& row) { value = row.integer(0); });
    return value;
  }
  void unreadable(std::string_view table, const Error& error) const {
    report({.kind = "database", .place = "table " + std::string(table), .what = error.message, .advice = "restore a backup"});
  }
};

}  // namespace eyrie::store
