// The database's tables; see docs/formats.md. PRAGMA user_version holds the format's number.
#pragma once

#include "base/result.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {

inline constexpr int kSchemaVersion = 12;

// The format's number of a database that is there; 0: nothing is in it yet.
Result<std::int64_t> schema_version(Connection& connection);

// Makes the tables where the file is new, brings an older format forward (in one transaction, so that a crash leaves the old one);
// kUnsupported where its format is newer than this program's.
Status prepare_schema(Connection& connection);

// The same for a database beside it that has known one format only: `tables` sets user_version to `format`; `file` is its name in errors.
Status prepare_tables(Connection& connection, std::string_view file, int format, const char* tables);

}  // namespace eyrie::store
