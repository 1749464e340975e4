// For tests of the migrations.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace eyrie::store::testing {

// SQL that takes away what the formats after `format`, 7 or later, have added: the newest first.
inline std::string without_formats_after(std::size_t format) {
  constexpr std::size_t kFirst = 8;
  constexpr std::array<std::string_view, 4> kAdded = {
      "DROP TABLE queues; DROP TABLE message_storages; DROP TABLE messages;",
      "DROP TABLE outbox_messages; DROP TABLE outbox_deliveries; DROP TABLE said_once; DROP TABLE last_said;",
      "ALTER TABLE objects DROP COLUMN cold; DROP TABLE data_keys;",
      "ALTER TABLE events DROP COLUMN trace;"};
  std::string sql;
  for (std::size_t i = kAdded.size(); i > format + 1 - kFirst; --i) sql += kAdded[i - 1];
  return sql;
}

}  // namespace eyrie::store::testing
