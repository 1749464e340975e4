// What is set of a bucket: rows of the table `bucket_settings`, and the notification rules in the bucket's own.
#include "store/objects/object_rows.h"
#include "store/objects/objects.h"

namespace eyrie::store {

Result<std::optional<std::string>> SqliteObjects::bucket_setting(const std::string& bucket, const std::string& name) {
  EYRIE_TRY(const auto facts, bucket_cache_.of(bucket));
  const auto found = facts->settings.find(name);
  if (found == facts->settings.end()) return std::nullopt;
  return found->second;
}

// A change that failed may still have been committed, as far as anybody knows: it is forgotten as well.
Status SqliteObjects::change_bucket(const std::string& bucket, const Database::Job& change) {
  Status done = database_.run(change);
  bucket_cache_.forget(bucket);
  return done;
}

Status SqliteObjects::write_setting(Connection& connection, const std::string& bucket, const std::string& name,
                                    const std::string& value) {
  EYRIE_TRY(Statement statement,
            connection.prepare("INSERT OR REPLACE INTO bucket_settings(bucket, name, value) VALUES(?, ?, ?)"));
  return statement.bind(1, bucket).bind(2, name).bind(3, value).run();
}

Status SqliteObjects::set_bucket_setting(const std::string& bucket, const std::string& name,
                                         const std::optional<std::string>& value) {
  return change_bucket(bucket, [&](Connection& connection) -> Status {
    EYRIE_CHECK_OK(require_bucket(connection, bucket));
    if (!value) {
      EYRIE_TRY(Statement statement,
                connection.prepare("DELETE FROM bucket_settings WHERE bucket = ? AND name = ?"));
      return statement.bind(1, bucket).bind(2, name).run();
    }
    return write_setting(connection, bucket, name, *value);
  });
}

Status SqliteObjects::set_rules(const std::string& bucket, const std::vector<NotificationRule>& rules) {
  const std::string text = write_rules(rules);
  return change_bucket(bucket, [&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("UPDATE buckets SET rules = ? WHERE name = ?"));
    EYRIE_CHECK_OK(statement.bind(1, text).bind(2, bucket).run());
    if (connection.changes() == 0) return no_such_bucket(bucket);
    return {};
  });
}

Result<std::vector<NotificationRule>> SqliteObjects::rules(const std::string& bucket) {
  EYRIE_TRY(const auto facts, bucket_cache_.of(bucket));
  return facts->rules;
}

}  // namespace eyrie::store
