// What is set of a bucket: rows of the table `bucket_settings`.
#include "store/object_rows.h"
#include "store/objects.h"

namespace eyrie::store {

Result<std::optional<std::string>> SqliteObjects::bucket_setting(const std::string& bucket, const std::string& name) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_CHECK_OK(require_bucket(*connection, bucket));
  EYRIE_TRY(Statement statement,
            connection->prepare("SELECT value FROM bucket_settings WHERE bucket = ? AND name = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, bucket).bind(2, name).step());
  if (!row) return std::nullopt;
  return statement.text(0);
}

Status SqliteObjects::set_bucket_setting(const std::string& bucket, const std::string& name,
                                         const std::optional<std::string>& value) {
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_CHECK_OK(require_bucket(connection, bucket));
    if (!value) {
      EYRIE_TRY(Statement statement,
                connection.prepare("DELETE FROM bucket_settings WHERE bucket = ? AND name = ?"));
      return statement.bind(1, bucket).bind(2, name).run();
    }
    EYRIE_TRY(Statement statement,
              connection.prepare("INSERT OR REPLACE INTO bucket_settings(bucket, name, value) VALUES(?, ?, ?)"));
    return statement.bind(1, bucket).bind(2, name).bind(3, *value).run();
  });
}

}  // namespace eyrie::store
