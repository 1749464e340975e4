#include "store/sqlite/settings.h"

namespace eyrie::store {

Result<std::optional<std::string>> read_setting(Database& database, const std::string& name) {
  EYRIE_TRY(auto connection, database.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT value FROM settings WHERE name = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, name).step());
  if (!row) return std::nullopt;
  return statement.text(0);
}

Status write_setting(Database& database, const std::string& name, const std::string& value) {
  return database.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("INSERT OR REPLACE INTO settings(name, value) VALUES(?, ?)"));
    return statement.bind(1, name).bind(2, value).run();
  });
}

}  // namespace eyrie::store
