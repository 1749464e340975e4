#include "store/sqlite/schema.h"

#include <algorithm>
#include <array>

namespace eyrie::store {
namespace {

// Object keys and item keys are blobs: they order by bytes, whatever they hold. Items have row numbers
// because rows that are long would make a WITHOUT ROWID tree deep. What the states of events mean:
// store/queue/queue.cc.
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

// Faces: the vector last, since a row's end may lie on pages of its own, which reading the rest does not touch. Row numbers
// are never used again: they order a collection's faces by age, and a vector is sealed to its number.
constexpr const char* kVersion2 = R"(
CREATE TABLE collections(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, model TEXT NOT NULL, dimension INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL, faces INTEGER NOT NULL DEFAULT 0, users INTEGER NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '{}',
  data_key BLOB NOT NULL);
CREATE TABLE dropped_collections(id INTEGER PRIMARY KEY);
CREATE TABLE faces(
  id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, face_id BLOB NOT NULL, image_id BLOB NOT NULL,
  external_image_id TEXT NOT NULL, left REAL NOT NULL, top REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL,
  confidence REAL NOT NULL, user INTEGER, vector BLOB NOT NULL);
CREATE INDEX faces_collection ON faces(collection);
CREATE UNIQUE INDEX faces_face_id ON faces(collection, face_id);
CREATE INDEX faces_image ON faces(collection, image_id);
CREATE INDEX faces_user ON faces(user) WHERE user IS NOT NULL;
CREATE TABLE users(
  id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, name TEXT NOT NULL, faces INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX users_name ON users(collection, name);
CREATE INDEX users_collection ON users(collection);
CREATE TABLE user_vectors(
  id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, user INTEGER NOT NULL UNIQUE, vector BLOB NOT NULL);
CREATE INDEX user_vectors_collection ON user_vectors(collection);
CREATE TABLE request_tokens(
  collection INTEGER NOT NULL, token TEXT NOT NULL, request BLOB NOT NULL, answer TEXT NOT NULL, expires_ms INTEGER NOT NULL,
  PRIMARY KEY(collection, token)) WITHOUT ROWID;
CREATE INDEX request_tokens_expiry ON request_tokens(expires_ms);
PRAGMA user_version = 2;
)";

// Parts last: listings do not read them, and a row's end may lie on pages of its own.
constexpr const char* kVersion3 = R"(
ALTER TABLE objects ADD COLUMN parts TEXT NOT NULL DEFAULT '';
CREATE TABLE bucket_settings(
  bucket TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(bucket, name)) WITHOUT ROWID;
PRAGMA user_version = 3;
)";

// Files of archived objects' temporary copies (empty while a copy is being made), and objects that were put into an archived
// class and wait to be moved.
constexpr const char* kVersion4 = R"(
CREATE TABLE restored_copies(
  bucket TEXT NOT NULL, key BLOB NOT NULL, file TEXT NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY(bucket, key)) WITHOUT ROWID;
CREATE UNIQUE INDEX restored_copies_file ON restored_copies(file) WHERE file <> '';
CREATE TABLE cold_moves(bucket TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY(bucket, key)) WITHOUT ROWID;
PRAGMA user_version = 4;
)";

// What is few and secret: store/record_store.h.
constexpr const char* kVersion5 = R"(
CREATE TABLE records(kind TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY(kind, name)) WITHOUT ROWID;
PRAGMA user_version = 5;
)";

// Each table's items are sealed under a key of its own. What was stored in clear before: items/clear_items.h.
constexpr const char* kVersion6 = R"(
ALTER TABLE tables ADD COLUMN data_key BLOB NOT NULL DEFAULT x'';
INSERT INTO settings(name, value) SELECT 'clear_items', 'yes' WHERE EXISTS(SELECT 1 FROM tables);
PRAGMA user_version = 6;
)";

// What is known of faces and users is sealed. What was stored in clear waits in tables of other names: faces/clear_faces.h.
constexpr const char* kVersion7 = R"(
DROP INDEX faces_collection; DROP INDEX faces_face_id; DROP INDEX faces_image; DROP INDEX faces_user;
DROP INDEX users_name; DROP INDEX users_collection; DROP INDEX request_tokens_expiry;
ALTER TABLE faces RENAME TO clear_faces;
ALTER TABLE users RENAME TO clear_users;
ALTER TABLE request_tokens RENAME TO clear_request_tokens;
CREATE TABLE faces(
  id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, face_id BLOB NOT NULL, image_id BLOB NOT NULL,
  user INTEGER, details BLOB NOT NULL, vector BLOB NOT NULL);
CREATE INDEX faces_collection ON faces(collection);
CREATE UNIQUE INDEX faces_face_id ON faces(collection, face_id);
CREATE INDEX faces_image ON faces(collection, image_id);
CREATE INDEX faces_user ON faces(user) WHERE user IS NOT NULL;
CREATE TABLE users(
  id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, name BLOB NOT NULL, sealed_name BLOB NOT NULL,
  faces INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX users_name ON users(collection, name);
CREATE INDEX users_collection ON users(collection);
CREATE TABLE request_tokens(
  collection INTEGER NOT NULL, token TEXT NOT NULL, request BLOB NOT NULL, answer BLOB NOT NULL, expires_ms INTEGER NOT NULL,
  PRIMARY KEY(collection, token)) WITHOUT ROWID;
CREATE INDEX request_tokens_expiry ON request_tokens(expires_ms);
INSERT INTO sqlite_sequence(name, seq) SELECT substr(name, 7), seq FROM sqlite_sequence WHERE name IN ('clear_faces', 'clear_users');
INSERT INTO settings(name, value) SELECT 'clear_faces', 'yes' WHERE EXISTS(SELECT 1 FROM collections);
PRAGMA user_version = 7;
)";

// Queues and their messages: store/message_store.h. Contents last: looking for what is due does not read them.
constexpr const char* kVersion8 = R"(
CREATE TABLE queues(name TEXT PRIMARY KEY, storage INTEGER NOT NULL UNIQUE, definition BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE message_storages(id INTEGER PRIMARY KEY AUTOINCREMENT, data_key BLOB NOT NULL, dropped INTEGER NOT NULL DEFAULT 0);
CREATE INDEX message_storages_dropped ON message_storages(id) WHERE dropped = 1;
CREATE TABLE messages(
  id INTEGER PRIMARY KEY AUTOINCREMENT, storage INTEGER NOT NULL, message_id BLOB NOT NULL, sent_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,
  leased INTEGER NOT NULL DEFAULT 0, received INTEGER NOT NULL DEFAULT 0, first_ms INTEGER NOT NULL DEFAULT 0, source TEXT NOT NULL DEFAULT '',
  content BLOB NOT NULL);
CREATE INDEX messages_due ON messages(storage, due_ms, id, sent_ms, leased);
CREATE INDEX messages_sent ON messages(storage, sent_ms);
PRAGMA user_version = 8;
)";

// Messages to subscribers of topics: store/outbox.h.
constexpr const char* kVersion9 = R"(
CREATE TABLE outbox_messages(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, content BLOB NOT NULL);
CREATE TABLE outbox_deliveries(
  id INTEGER PRIMARY KEY AUTOINCREMENT, message INTEGER NOT NULL, subscriber TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '');
CREATE INDEX outbox_due ON outbox_deliveries(subscriber, due_ms, id);
CREATE INDEX outbox_message ON outbox_deliveries(message);
CREATE TABLE said_once(subject TEXT PRIMARY KEY, said_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX said_once_age ON said_once(said_ms);
CREATE TABLE last_said(speaker TEXT PRIMARY KEY, said_ms INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 9;
)";

// Keys that rows are sealed with (sealing/row_seal.h): objects' attributes, with their ETags, and parts; payloads of events. What was stored in clear before:
// sealing/clear_rows.h. Whether an object lies in the cold folder is asked by file, so it gets a column.
constexpr const char* kVersion10 = R"(
CREATE TABLE data_keys(name TEXT PRIMARY KEY, data_key BLOB NOT NULL) WITHOUT ROWID;
ALTER TABLE objects ADD COLUMN cold INTEGER NOT NULL DEFAULT 0;
UPDATE objects SET cold = 1 WHERE attributes LIKE '%"cold":true%';
INSERT INTO settings(name, value) SELECT 'clear_rows', 'yes' WHERE EXISTS(SELECT 1 FROM objects) OR EXISTS(SELECT 1 FROM events);
PRAGMA user_version = 10;
)";

// What left an event: base/trace/trace_cause.h. Empty in events of before.
constexpr const char* kVersion11 = R"(
ALTER TABLE events ADD COLUMN trace TEXT NOT NULL DEFAULT '';
PRAGMA user_version = 11;
)";

// Events wait for those of their own function alone, no more for others' of the same object.
constexpr const char* kVersion12 = R"(
DROP INDEX IF EXISTS events_subject;
CREATE INDEX IF NOT EXISTS events_line ON events(subject, function, id) WHERE state <> 2;
UPDATE events SET state = 0 WHERE state = 4 AND NOT EXISTS(
  SELECT 1 FROM events b WHERE b.subject = events.subject AND b.function = events.function AND b.id < events.id AND b.state <> 2);
PRAGMA user_version = 12;
)";

// The step at index i leads from format i to format i + 1.
constexpr std::array kSteps{kVersion1, kVersion2, kVersion3, kVersion4, kVersion5, kVersion6, kVersion7, kVersion8, kVersion9, kVersion10, kVersion11, kVersion12};
static_assert(kSteps.size() == kSchemaVersion);

Status upgrade(Connection& connection, std::size_t from) {
  for (std::size_t step = from; step < kSteps.size(); ++step) EYRIE_CHECK_OK(connection.execute(kSteps[step]));
  return {};
}

}  // namespace

Result<std::int64_t> schema_version(Connection& connection) {
  EYRIE_TRY(Statement statement, connection.prepare("PRAGMA user_version"));
  EYRIE_TRY(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

Status prepare_schema(Connection& connection) {
  EYRIE_TRY(const std::int64_t version, schema_version(connection));
  if (version > kSchemaVersion) {
    return fail(Code::kUnsupported, "the data directory has format " + std::to_string(version) +
                                        "; this program knows up to " + std::to_string(kSchemaVersion));
  }
  if (version == kSchemaVersion) return {};
  EYRIE_CHECK_OK(connection.execute("BEGIN IMMEDIATE"));
  const Status made = upgrade(connection, static_cast<std::size_t>(std::max<std::int64_t>(version, 0)));
  EYRIE_CHECK_OK(connection.execute(made ? "COMMIT" : "ROLLBACK"));
  return made;
}

Status prepare_tables(Connection& connection, std::string_view file, int format, const char* tables) {
  EYRIE_TRY(const std::int64_t found, schema_version(connection));
  if (found > format)
    return fail(Code::kUnsupported, std::string(file) + " has format " + std::to_string(found) + "; this program knows up to " + std::to_string(format));
  if (found == format) return {};
  EYRIE_CHECK_OK(connection.execute("BEGIN IMMEDIATE"));
  const Status made = connection.execute(tables);
  EYRIE_CHECK_OK(connection.execute(made ? "COMMIT" : "ROLLBACK"));
  return made;
}

}  // namespace eyrie::store
