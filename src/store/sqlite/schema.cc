#include "store/sqlite/schema.h"

namespace eyrie::store {
namespace {

// Object keys and item keys are blobs: they order by bytes, whatever they hold. Items have row numbers
// because rows that are long would make a WITHOUT ROWID tree deep. What the states of events mean:
// store/queue.cc.
constexpr const char* kVersion1 = R"(
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE buckets(name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, rules TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID;
CREATE TABLE objects(
  bucket TEXT NOT NULL, key BLOB NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified_ms INTEGER NOT NULL, sequencer TEXT NOT NULL, attributes TEXT NOT NULL,
  PRIMARY KEY(bucket, key)) WITHOUT ROWID;
CREATE UNIQUE INDEX objects_file ON objects(file);
CREATE TABLE tables(
  name TEXT PRIMARY KEY, description TEXT NOT NULL, items INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE items(
  name TEXT NOT NULL, partition BLOB NOT NULL, sort BLOB NOT NULL, item TEXT NOT NULL, size INTEGER NOT NULL,
  PRIMARY KEY(name, partition, sort));
CREATE TABLE events(
  id INTEGER PRIMARY KEY AUTOINCREMENT, function TEXT NOT NULL, subject TEXT NOT NULL, payload TEXT NOT NULL,
  request_id TEXT NOT NULL, created_ms INTEGER NOT NULL, state INTEGER NOT NULL, due_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, deliveries INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '');
CREATE INDEX events_due ON events(state, due_ms, id, created_ms);
CREATE INDEX events_subject ON events(subject, id) WHERE state <> 2;
PRAGMA user_version = 1;
)";

}  // namespace

Status prepare_schema(Connection& connection) {
  std::int64_t version = 0;
  {
    EYRIE_TRY(Statement statement, connection.prepare("PRAGMA user_version"));
    EYRIE_TRY(const bool row, statement.step());
    if (row) version = statement.integer(0);
  }
  if (version > kSchemaVersion) {
    return fail(Code::kUnsupported, "the data directory has format " + std::to_string(version) +
                                        "; this program knows up to " + std::to_string(kSchemaVersion));
  }
  if (version == kSchemaVersion) return {};
  EYRIE_CHECK_OK(connection.execute("BEGIN IMMEDIATE"));
  const Status made = connection.execute(kVersion1);
  EYRIE_CHECK_OK(connection.execute(made ? "COMMIT" : "ROLLBACK"));
  return made;
}

}  // namespace eyrie::store
