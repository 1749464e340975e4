#include "store/faces/clear_faces.h"

#include <map>

#include "base/ids.h"
#include "base/log.h"
#include "store/faces/face_rows.h"
#include "store/faces/request_tokens.h"

namespace eyrie::store {
namespace {

constexpr std::int64_t kBatch = 500;

using Seals = std::map<std::int64_t, FaceSeal>;

Result<bool> has_clear_tables(Database& database) {
  EYRIE_TRY(auto connection, database.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT 1 FROM sqlite_master WHERE name = 'clear_faces'"));
  return statement.step();
}

Result<Seals> open_seals(Database& database, const crypto::KeyRing& keys) {
  EYRIE_TRY(auto connection, database.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT id, name, data_key FROM collections"));
  Seals seals;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return seals;
    EYRIE_TRY(FaceSeal seal, FaceSeal::open_key(keys, statement.text(1), statement.blob(2)));
    seals.emplace(statement.integer(0), std::move(seal));
  }
}

// Each moves the row that `clear` stands at.
Status move_face(Connection& connection, FaceSeal& seal, const Statement& clear) {
  const std::int64_t id = clear.integer(1);
  const Bytes image_id(clear.blob(3).begin(), clear.blob(3).end());
  const StoredFace face{.image_id = uuid_text(image_id),
                        .external_image_id = clear.text(4),
                        .box = {.left = clear.real(5), .top = clear.real(6), .width = clear.real(7), .height = clear.real(8)},
                        .confidence = clear.real(9)};
  const Bytes index = seal.index(FoundBy::kImageId, image_id), details = seal.seal(SealedAs::kFaceDetails, id, write_details(face));
  EYRIE_TRY(Statement insert, connection.prepare("INSERT INTO faces(id, collection, face_id, image_id, details, user, vector)"
                                                 " VALUES(?, ?, ?, ?, ?, NULLIF(?, 0), ?)"));
  insert.bind(1, id).bind(2, clear.integer(0)).bind_blob(3, clear.blob(2)).bind_blob(4, index).bind_blob(5, details);
  return insert.bind(6, clear.integer(10)).bind_blob(7, clear.blob(11)).run();
}

Status move_user(Connection& connection, FaceSeal& seal, const Statement& clear) {
  const std::int64_t id = clear.integer(1);
  const Bytes index = seal.index(FoundBy::kUserName, clear.blob(2)), name = seal.seal(SealedAs::kUserName, id, clear.blob(2));
  EYRIE_TRY(Statement insert,
            connection.prepare("INSERT INTO users(id, collection, name, sealed_name, faces) VALUES(?, ?, ?, ?, ?)"));
  insert.bind(1, id).bind(2, clear.integer(0)).bind_blob(3, index).bind_blob(4, name);
  return insert.bind(5, clear.integer(3)).run();
}

Status move_answer(Connection& connection, FaceSeal& seal, const Statement& clear) {
  const std::string token = clear.text(1);
  const Bytes answer = seal.seal(SealedAs::kAnswer, token_row(seal, token), clear.blob(3));
  EYRIE_TRY(Statement insert, connection.prepare("INSERT INTO request_tokens(collection, token, request, answer, expires_ms)"
                                                 " VALUES(?, ?, ?, ?, ?)"));
  insert.bind(1, clear.integer(0)).bind(2, token).bind_blob(3, clear.blob(2)).bind_blob(4, answer);
  return insert.bind(5, clear.integer(4)).run();
}

// A table of the format before: its first rows, and the deletion of as many.
struct ClearTable {
  std::string_view select, remove;
  Status (*move)(Connection& connection, FaceSeal& seal, const Statement& clear);
};
constexpr ClearTable kTables[] = {
    {"SELECT collection, id, face_id, image_id, external_image_id, left, top, width, height, confidence, user, vector"
     " FROM clear_faces ORDER BY id LIMIT ?",
     "DELETE FROM clear_faces WHERE id IN (SELECT id FROM clear_faces ORDER BY id LIMIT ?)", move_face},
    {"SELECT collection, id, name, faces FROM clear_users ORDER BY id LIMIT ?",
     "DELETE FROM clear_users WHERE id IN (SELECT id FROM clear_users ORDER BY id LIMIT ?)", move_user},
    {"SELECT collection, token, request, answer, expires_ms FROM clear_request_tokens ORDER BY collection, token LIMIT ?",
     "DELETE FROM clear_request_tokens WHERE (collection, token) IN"
     " (SELECT collection, token FROM clear_request_tokens ORDER BY collection, token LIMIT ?)",
     move_answer},
};

// How many rows it took. Those of collections that were deleted have no key any more, and go.
Result<std::size_t> move_batch(Connection& connection, const ClearTable& table, Seals& seals) {
  std::size_t rows = 0;
  {
    EYRIE_TRY(Statement clear, connection.prepare(table.select));
    clear.bind(1, kBatch);
    for (;; ++rows) {
      EYRIE_TRY(const bool row, clear.step());
      if (!row) break;
      if (const auto seal = seals.find(clear.integer(0)); seal != seals.end()) EYRIE_CHECK_OK(table.move(connection, seal->second, clear));
    }
  }
  EYRIE_TRY(Statement remove, connection.prepare(table.remove));
  EYRIE_CHECK_OK(remove.bind(1, kBatch).run());
  return rows;
}

Result<std::size_t> move_rows(Database& database, Seals& seals) {
  std::size_t count = 0;
  for (const ClearTable& table : kTables) {
    for (std::size_t moved = 1; moved > 0; count += moved) {
      EYRIE_CHECK_OK(database.run([&](Connection& connection) -> Status {
        EYRIE_TRY(moved, move_batch(connection, table, seals));
        return {};
      }));
    }
  }
  return count;
}

}  // namespace

Status seal_clear_faces(Database& database, const crypto::KeyRing& keys) {
  EYRIE_TRY(const bool rows_left, has_clear_tables(database));
  if (!rows_left) return {};
  EYRIE_TRY(Seals seals, open_seals(database, keys));
  EYRIE_TRY(const std::size_t count, move_rows(database, seals));
  EYRIE_CHECK_OK(database.run([](Connection& connection) {
    return connection.execute("DROP TABLE clear_faces; DROP TABLE clear_users; DROP TABLE clear_request_tokens");
  }));
  if (count > 0) log_info("faces and users sealed that were stored in clear", {{"rows", count}});
  return {};
}

}  // namespace eyrie::store
