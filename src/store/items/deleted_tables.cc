#include "store/items/deleted_tables.h"

#include <vector>

#include "base/log.h"
#include "store/items/table_rows.h"

namespace eyrie::store {
namespace {

constexpr std::int64_t kItemsAtOnce = 500;

Status mark_deleted(Connection& connection, const std::string& name) {
  EYRIE_TRY(const TableDescription table, read_table(connection, name));
  const std::string description = write_description(table, true);
  EYRIE_TRY(Statement statement, connection.prepare("UPDATE tables SET description = ? WHERE name = ?"));
  return statement.bind(1, description).bind(2, name).run();
}

// True: none is left, and the table's row is gone too.
Result<bool> delete_some(Connection& connection, const std::string& name) {
  std::int64_t bytes = 0;
  std::vector<std::int64_t> rows;
  {
    EYRIE_TRY(Statement statement, connection.prepare("SELECT rowid, size FROM items WHERE name = ? LIMIT ?"));
    statement.bind(1, name).bind(2, kItemsAtOnce);
    while (true) {
      EYRIE_TRY(const bool row, statement.step());
      if (!row) break;
      rows.push_back(statement.integer(0));
      bytes += statement.integer(1);
    }
  }
  if (rows.empty()) {
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM tables WHERE name = ?"));
    EYRIE_CHECK_OK(statement.bind(1, name).run());
    return true;
  }
  for (const std::int64_t row : rows) {
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM items WHERE rowid = ?"));
    EYRIE_CHECK_OK(statement.bind(1, row).run());
  }
  EYRIE_CHECK_OK(count_items(connection, name, -static_cast<std::int64_t>(rows.size()), -bytes));
  return false;
}

Status delete_marked(Database& database, const std::string& name) {
  for (bool gone = false; !gone;) {
    EYRIE_CHECK_OK(database.run([&](Connection& connection) -> Status {
      EYRIE_TRY(gone, delete_some(connection, name));
      return {};
    }));
  }
  return {};
}

Result<std::vector<std::string>> marked_tables(Database& database) {
  EYRIE_TRY(auto connection, database.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT name, description FROM tables"));
  std::vector<std::string> names;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return names;
    if (is_being_deleted(statement.text(1))) names.push_back(statement.text(0));
  }
}

}  // namespace

Status delete_table_rows(Database& database, const std::string& name) {
  EYRIE_CHECK_OK(database.run([&](Connection& connection) { return mark_deleted(connection, name); }));
  return delete_marked(database, name);
}

Status finish_deletions(Database& database) {
  EYRIE_TRY(const auto names, marked_tables(database));
  for (const std::string& name : names) {
    EYRIE_CHECK_OK(delete_marked(database, name));
    log_info("the deletion of a table was finished", {{"table", name}});
  }
  return {};
}

}  // namespace eyrie::store
