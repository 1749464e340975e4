// What is set of a bucket: rows of the table `bucket_settings`, and the notification rules in the bucket's own.
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

Status SqliteObjects::set_rules(const std::string& bucket, const std::vector<NotificationRule>& rules) {
  const std::string text = write_rules(rules);
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("UPDATE buckets SET rules = ? WHERE name = ?"));
    EYRIE_CHECK_OK(statement.bind(1, text).bind(2, bucket).run());
    if (connection.changes() == 0) return no_such_bucket(bucket);
    return {};
  });
}

Result<std::vector<NotificationRule>> SqliteObjects::rules(const std::string& bucket) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const std::string text, require_bucket(*connection, bucket));
  return parse_rules(bucket, text);
}

}  // namespace eyrie::store
