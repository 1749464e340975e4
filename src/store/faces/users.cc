// Users: names that faces are gathered under, each with one vector, the direction of the sum of its faces'.
#include <algorithm>

#include "store/faces/faces.h"
#include "store/faces/request_tokens.h"

namespace eyrie::store {
namespace {

Status count_users(Connection& connection, std::int64_t collection, std::int64_t change) {
  EYRIE_TRY(Statement statement, connection.prepare("UPDATE collections SET users = users + ? WHERE id = ?"));
  return statement.bind(1, change).bind(2, collection).run();
}

Status set_user(Connection& connection, std::int64_t face, std::optional<std::int64_t> user) {
  EYRIE_TRY(Statement statement, connection.prepare("UPDATE faces SET user = NULLIF(?, 0) WHERE id = ?"));
  return statement.bind(1, user.value_or(0)).bind(2, face).run();
}

Result<std::vector<VectorCode>> vectors_of_user(Connection& connection, FaceSeal& seal, std::int64_t user) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT id, vector FROM faces WHERE user = ? ORDER BY id"));
  statement.bind(1, user);
  std::vector<VectorCode> codes;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return codes;
    EYRIE_TRY(VectorCode code, seal.open(SealedAs::kFaceVector, statement.integer(0), statement.blob(1)));
    codes.push_back(std::move(code));
  }
}

Status remove_user_vector(Connection& connection, std::int64_t user, std::vector<std::int64_t>& removed) {
  EYRIE_TRY(Statement find, connection.prepare("SELECT id FROM user_vectors WHERE user = ?"));
  EYRIE_TRY(const bool found, find.bind(1, user).step());
  if (!found) return {};
  removed.push_back(find.integer(0));
  EYRIE_TRY(Statement remove, connection.prepare("DELETE FROM user_vectors WHERE id = ?"));
  return remove.bind(1, removed.back()).run();
}

}  // namespace

Status SqliteFaces::create_user(const std::string& collection, const std::string& user,
                                const RequestToken& token) {
  const std::int64_t now = clock_.now_ms();
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const CollectionRow row, read_collection(connection, collection));
    EYRIE_TRY(FaceSeal seal, seal_of(row));
    EYRIE_TRY(const auto before, answered_before(connection, row.id, seal, token, now));
    if (before) return {};
    if (row.info.users >= limits_.collection_users) {
      return fail(Code::kTooLarge, "The collection " + collection + " holds the most users it may: " +
                                       std::to_string(limits_.collection_users));
    }
    if (const auto there = read_user(connection, row, seal, user)) {
      return fail(Code::kAlreadyExists, "The user id: " + user + " already exists");
    } else if (there.error().code != Code::kNotFound) {
      return fail(there.error());
    }
    EYRIE_TRY(const std::int64_t id, next_row(connection, "users"));
    const Bytes index = seal.index(FoundBy::kUserName, as_bytes(user)), name = seal.seal(SealedAs::kUserName, id, as_bytes(user));
    EYRIE_TRY(Statement insert, connection.prepare("INSERT INTO users(id, collection, name, sealed_name) VALUES(?, ?, ?, ?)"));
    EYRIE_CHECK_OK(insert.bind(1, id).bind(2, row.id).bind_blob(3, index).bind_blob(4, name).run());
    EYRIE_CHECK_OK(count_users(connection, row.id, 1));
    return remember_answer(connection, row.id, seal, token, "", now);
  });
}

Status SqliteFaces::delete_user(const std::string& collection, const std::string& user,
                                const RequestToken& token) {
  const std::int64_t now = clock_.now_ms();
  VectorChange vectors;
  std::int64_t collection_id = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const CollectionRow row, read_collection(connection, collection));
    EYRIE_TRY(FaceSeal seal, seal_of(row));
    collection_id = row.id;
    EYRIE_TRY(const auto before, answered_before(connection, row.id, seal, token, now));
    if (before) return {};
    EYRIE_TRY(const UserRow found, read_user(connection, row, seal, user));
    EYRIE_TRY(Statement free, connection.prepare("UPDATE faces SET user = NULL WHERE user = ?"));
    EYRIE_CHECK_OK(free.bind(1, found.id).run());
    EYRIE_CHECK_OK(remove_user_vector(connection, found.id, vectors.removed));
    EYRIE_TRY(Statement remove, connection.prepare("DELETE FROM users WHERE id = ?"));
    EYRIE_CHECK_OK(remove.bind(1, found.id).run());
    EYRIE_CHECK_OK(count_users(connection, row.id, -1));
    return remember_answer(connection, row.id, seal, token, "", now);
  }));
  return take_in(collection_id, vectors);
}

Result<PageOf<StoredUser>> SqliteFaces::users(const std::string& collection, std::int64_t after,
                                              std::size_t most) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const CollectionRow row, read_collection(*connection, collection));
  EYRIE_TRY(FaceSeal seal, seal_of(row));
  EYRIE_TRY(Statement statement,
            connection->prepare("SELECT id, sealed_name, faces FROM users WHERE collection = ? AND id > ?"
                                " ORDER BY id LIMIT ?"));
  statement.bind(1, row.id).bind(2, after).bind(3, static_cast<std::int64_t>(most) + 1);
  PageOf<StoredUser> page;
  std::int64_t last = 0;
  while (true) {
    EYRIE_TRY(const bool more, statement.step());
    if (!more) return page;
    if (page.entries.size() == most) {
      page.next = last;
      return page;
    }
    last = statement.integer(0);
    EYRIE_TRY(std::string name, open_name(seal, last, statement.blob(1)));
    page.entries.push_back(
        {.name = std::move(name), .faces = static_cast<std::uint64_t>(statement.integer(2))});
  }
}

Result<FaceChanges> SqliteFaces::associate(const std::string& collection, const std::string& user,
                                           const std::vector<std::string>& faces, double least,
                                           const RequestToken& token) {
  return change_user(
      collection, token,
      [&](Connection& connection, const CollectionRow& row, FaceChanges& changes, VectorChange& vectors) {
        return associate_in(connection, row, user, faces, least, changes, vectors);
      });
}

Result<FaceChanges> SqliteFaces::disassociate(const std::string& collection, const std::string& user,
                                              const std::vector<std::string>& faces,
                                              const RequestToken& token) {
  return change_user(
      collection, token,
      [&](Connection& connection, const CollectionRow& row, FaceChanges& changes, VectorChange& vectors) {
        return disassociate_in(connection, row, user, faces, changes, vectors);
      });
}

Result<FaceChanges> SqliteFaces::change_user(const std::string& collection, const RequestToken& token,
                                             const UserChange& change) {
  const std::int64_t now = clock_.now_ms();
  FaceChanges changes;
  VectorChange vectors;
  std::int64_t collection_id = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const CollectionRow row, read_collection(connection, collection));
    EYRIE_TRY(FaceSeal seal, seal_of(row));
    collection_id = row.id;
    EYRIE_TRY(const auto before, answered_before(connection, row.id, seal, token, now));
    if (before) {
      EYRIE_TRY(changes, parse_changes(*before));
      return {};
    }
    EYRIE_CHECK_OK(change(connection, row, changes, vectors));
    return remember_answer(connection, row.id, seal, token, write_changes(changes), now);
  }));
  EYRIE_CHECK_OK(take_in(collection_id, vectors));
  return changes;
}

Status SqliteFaces::associate_in(Connection& connection, const CollectionRow& collection,
                                 const std::string& user, const std::vector<std::string>& faces, double least,
                                 FaceChanges& changes, VectorChange& vectors) {
  EYRIE_TRY(FaceSeal seal, seal_of(collection));
  EYRIE_TRY(const UserRow row, read_user(connection, collection, seal, user));
  if (row.faces >= limits_.user_faces) {
    return fail(Code::kTooLarge,
                "The user " + user + " has the most faces it may: " + std::to_string(limits_.user_faces));
  }
  EYRIE_TRY(const auto known, read_user_vector(connection, seal, row.id));
  for (const std::string& id : distinct(faces)) {
    EYRIE_TRY(const auto face, find_face(connection, collection, seal, id));
    FaceProblem problem{.face_id = id};
    if (!face) {
      changes.problems.push_back(problem);
      continue;
    }
    if (face->user == row.id) continue;
    if (face->user) {
      problem.reason = FaceProblemReason::kOfAnotherUser;
      problem.user = face->user_name;
      changes.problems.push_back(problem);
      continue;
    }
    if (known) {
      EYRIE_TRY(const VectorCode code, read_face_vector(connection, seal, face->id));
      const double nearness = cosine(*known, code);
      if (nearness < least) {
        problem.reason = FaceProblemReason::kTooFar;
        problem.cosine = nearness;
        changes.problems.push_back(problem);
        continue;
      }
    }
    if (row.faces + changes.done.size() >= limits_.user_faces) {
      problem.reason = FaceProblemReason::kUserFull;
      changes.problems.push_back(problem);
      continue;
    }
    EYRIE_CHECK_OK(set_user(connection, face->id, row.id));
    changes.done.push_back(id);
  }
  return renew_user(connection, collection, seal, row.id, changes, vectors);
}

Status SqliteFaces::disassociate_in(Connection& connection, const CollectionRow& collection,
                                    const std::string& user, const std::vector<std::string>& faces,
                                    FaceChanges& changes, VectorChange& vectors) {
  EYRIE_TRY(FaceSeal seal, seal_of(collection));
  EYRIE_TRY(const UserRow row, read_user(connection, collection, seal, user));
  for (const std::string& id : distinct(faces)) {
    EYRIE_TRY(const auto face, find_face(connection, collection, seal, id));
    if (!face) {
      changes.problems.push_back({.face_id = id, .reason = FaceProblemReason::kFaceNotFound});
    } else if (face->user == row.id) {
      EYRIE_CHECK_OK(set_user(connection, face->id, std::nullopt));
      changes.done.push_back(id);
    } else if (face->user) {
      changes.problems.push_back(
          {.face_id = id, .reason = FaceProblemReason::kOfAnotherUser, .user = face->user_name});
    }
  }
  return renew_user(connection, collection, seal, row.id, changes, vectors);
}

// A vector that changes is a new row, so that what follows the table (collection_index.h) sees it.
Status SqliteFaces::renew_user(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                               std::int64_t user, FaceChanges& changes, VectorChange& vectors) {
  EYRIE_TRY(const std::vector<VectorCode> codes, vectors_of_user(connection, seal, user));
  changes.user_faces = codes.size();
  if (changes.done.empty()) return {};
  EYRIE_TRY(Statement count, connection.prepare("UPDATE users SET faces = ? WHERE id = ?"));
  EYRIE_CHECK_OK(count.bind(1, static_cast<std::int64_t>(codes.size())).bind(2, user).run());
  EYRIE_CHECK_OK(remove_user_vector(connection, user, vectors.removed));
  if (codes.empty()) return {};
  EYRIE_TRY(const VectorCode together, mean(codes));
  EYRIE_TRY(const std::int64_t row, next_row(connection, "user_vectors"));
  EYRIE_TRY(Statement insert,
            connection.prepare("INSERT INTO user_vectors(id, collection, user, vector) VALUES(?, ?, ?, ?)"));
  const Bytes sealed = seal.seal(SealedAs::kUserVector, row, together);
  EYRIE_CHECK_OK(insert.bind(1, row).bind(2, collection.id).bind(3, user).bind_blob(4, sealed).run());
  vectors.added = true;
  return {};
}

}  // namespace eyrie::store
