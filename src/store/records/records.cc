#include "store/records/records.h"

#include "crypto/sealed_message.h"

namespace eyrie::store {
// What the seal is bound to. Kinds have no line breaks, so no two places are written alike.
std::string SqliteRecords::place_of(const std::string& kind, const std::string& name) {
  return "eyrie record " + kind + "\n" + name;
}

Bytes SqliteRecords::seal(const RecordChange& change) const {
  return crypto::seal_under_own_key(keys_, place_of(change.kind, change.name), as_bytes(*change.value));
}

Result<std::string> SqliteRecords::open(const std::string& kind, const std::string& name, ByteView sealed) const {
  EYRIE_TRY(const Bytes value, crypto::open_under_own_key(keys_, place_of(kind, name), sealed, "the stored record " + kind + " " + name));
  return std::string(as_text(value));
}

Result<std::vector<Record>> SqliteRecords::records(const std::string& kind) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT name, value FROM records WHERE kind = ? ORDER BY name"));
  statement.bind(1, kind);
  std::vector<Record> found;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return found;
    const std::string name = statement.text(0);
    EYRIE_TRY(std::string value, open(kind, name, statement.blob(1)));
    found.push_back({.name = name, .value = std::move(value)});
  }
}

Status SqliteRecords::apply(const std::vector<RecordChange>& changes) {
  // Sealed here rather than on the writer's thread, which others wait for.
  std::vector<Bytes> sealed;
  for (const RecordChange& change : changes) sealed.push_back(change.value ? seal(change) : Bytes());
  return database_.run([&](Connection& connection) -> Status {
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const RecordChange& change = changes[i];
      if (!change.value) {
        EYRIE_TRY(Statement remove, connection.prepare("DELETE FROM records WHERE kind = ? AND name = ?"));
        EYRIE_CHECK_OK(remove.bind(1, change.kind).bind(2, change.name).run());
        continue;
      }
      EYRIE_TRY(Statement put, connection.prepare("INSERT OR REPLACE INTO records(kind, name, value) VALUES(?, ?, ?)"));
      EYRIE_CHECK_OK(put.bind(1, change.kind).bind(2, change.name).bind_blob(3, sealed[i]).run());
    }
    return {};
  });
}

}  // namespace eyrie::store
