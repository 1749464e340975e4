#include "store/faces/faces.h"

#include <algorithm>

#include "base/ids.h"
#include "base/json.h"
#include "crypto/digest.h"
#include "store/faces/face_pages.h"

namespace eyrie::store {
namespace {

std::string write_tags(const StringMap& tags) {
  json::object value;
  for (const auto& [tag, text] : tags) value[tag] = text;
  return write_json(value);
}

// One picture and external image id is one image id, so that a picture that comes again is known.
std::string image_id_of(const PictureFaces& faces) {
  crypto::Sha256 digest;
  digest.update(faces.picture);
  digest.update(as_bytes(faces.external_image_id));
  const auto value = digest.finish();
  Bytes id(value.begin(), value.begin() + 16);
  id[6] =
      static_cast<std::uint8_t>((id[6] & 0x0F) | 0x80);  // RFC 9562: version 8, made by a rule of one's own
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3F) | 0x80);
  return uuid_text(id);
}

Result<std::vector<StoredFace>> faces_of_image(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                                               const std::string& image_id) {
  const Bytes index = seal.index(FoundBy::kImageId, uuid_bytes(image_id));
  EYRIE_TRY(Statement statement,
            connection.prepare(EYRIE_SELECT_FACES "WHERE f.collection = ? AND f.image_id = ? ORDER BY f.id"));
  statement.bind(1, collection.id).bind_blob(2, index);
  std::vector<StoredFace> faces;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return faces;
    EYRIE_TRY(StoredFace face, read_face(statement, seal));
    faces.push_back(std::move(face));
  }
}

// `change` may be negative.
Status count_faces(Connection& connection, std::int64_t collection, std::int64_t change) {
  EYRIE_TRY(Statement statement, connection.prepare("UPDATE collections SET faces = faces + ? WHERE id = ?"));
  return statement.bind(1, change).bind(2, collection).run();
}

}  // namespace

Result<FaceSeal> SqliteFaces::seal_of(const CollectionRow& collection) const {
  return FaceSeal::open_key(keys_, collection.info.name, collection.data_key);
}

Status SqliteFaces::create_collection(const std::string& name, const std::string& model,
                                      const StringMap& tags) {
  const Bytes key = FaceSeal::make_key(keys_, name);
  const std::string tag_text = write_tags(tags);
  const Status outcome = database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement,
              connection.prepare("INSERT INTO collections(name, model, created_ms, tags, data_key)"
                                 " VALUES(?, ?, ?, ?, ?)"));
    statement.bind(1, name).bind(2, model).bind(3, clock_.now_ms()).bind(4, tag_text).bind_blob(5, key);
    return statement.run();
  });
  if (!outcome && outcome.error().code == Code::kAlreadyExists) {
    return fail(Code::kAlreadyExists, "The collection id: " + name + " already exists");
  }
  return outcome;
}

Result<FaceCollection> SqliteFaces::collection(const std::string& name) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(CollectionRow row, read_collection(*connection, name));
  return std::move(row.info);
}

Result<PageOf<FaceCollection>> SqliteFaces::collections(std::int64_t after, std::size_t most) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement,
            connection->prepare("SELECT id, name, model FROM collections WHERE id > ? ORDER BY id LIMIT ?"));
  statement.bind(1, after).bind(2, static_cast<std::int64_t>(most) + 1);
  PageOf<FaceCollection> page;
  std::int64_t last = 0;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return page;
    if (page.entries.size() == most) {
      page.next = last;
      return page;
    }
    last = statement.integer(0);
    page.entries.push_back({.name = statement.text(1), .model = statement.text(2)});
  }
}

Status SqliteFaces::delete_collection(const std::string& name) {
  std::int64_t id = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const CollectionRow row, read_collection(connection, name));
    id = row.id;
    EYRIE_TRY(Statement drop, connection.prepare("INSERT INTO dropped_collections(id) VALUES(?)"));
    EYRIE_CHECK_OK(drop.bind(1, id).run());
    EYRIE_TRY(Statement remove, connection.prepare("DELETE FROM collections WHERE id = ?"));
    return remove.bind(1, id).run();
  }));
  {
    const std::lock_guard lock(mutex_);
    indexes_.erase(id);
  }
  sweeper_.wake();
  return {};
}

Status SqliteFaces::change_tags(const std::string& name, const TagChange& change) {
  return database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(CollectionRow row, read_collection(connection, name));
    EYRIE_CHECK_OK(change(row.info.tags));
    EYRIE_TRY(Statement statement, connection.prepare("UPDATE collections SET tags = ? WHERE id = ?"));
    const std::string text = write_tags(row.info.tags);
    return statement.bind(1, text).bind(2, row.id).run();
  });
}

Result<std::vector<StoredFace>> SqliteFaces::add_faces(const std::string& collection,
                                                       const PictureFaces& faces) {
  std::vector<VectorCode> codes;
  for (const FaceToAdd& face : faces.faces) {
    EYRIE_TRY(VectorCode code, VectorCode::of(face.embedding));
    codes.push_back(std::move(code));
  }
  const std::string image_id = image_id_of(faces);
  std::vector<StoredFace> stored;
  std::int64_t collection_id = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(CollectionRow row, read_collection(connection, collection));
    EYRIE_CHECK_OK(check_model(row, faces.model));
    EYRIE_TRY(FaceSeal seal, seal_of(row));
    EYRIE_TRY(const std::vector<StoredFace> known, faces_of_image(connection, row, seal, image_id));
    collection_id = row.id;
    const std::uint64_t before = row.info.faces;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const FaceToAdd& face = faces.faces[i];
      const auto same = std::ranges::find(known, face.box, &StoredFace::box);
      if (same != known.end()) {
        stored.push_back(*same);
        continue;
      }
      EYRIE_TRY(StoredFace added, add_face(connection, row, seal,
                                           {.id = uuid_v4(),
                                            .image_id = image_id,
                                            .external_image_id = faces.external_image_id,
                                            .box = face.box,
                                            .confidence = face.confidence},
                                           codes[i]));
      stored.push_back(std::move(added));
    }
    return count_faces(connection, row.id, static_cast<std::int64_t>(row.info.faces - before));
  }));
  EYRIE_CHECK_OK(take_in(collection_id, {.added = true}));
  return stored;
}

Result<StoredFace> SqliteFaces::add_face(Connection& connection, CollectionRow& collection, FaceSeal& seal,
                                         StoredFace face, const VectorCode& code) {
  if (collection.info.faces >= limits_.collection_faces) {
    return fail(Code::kTooLarge, "The collection " + collection.info.name + " holds the most faces it may: " +
                                     std::to_string(limits_.collection_faces));
  }
  EYRIE_CHECK_OK(check_dimension(collection, code));
  if (collection.info.dimension == 0) {
    collection.info.dimension = code.dimension();
    EYRIE_TRY(Statement fix, connection.prepare("UPDATE collections SET dimension = ? WHERE id = ?"));
    EYRIE_CHECK_OK(fix.bind(1, static_cast<std::int64_t>(code.dimension())).bind(2, collection.id).run());
  }
  EYRIE_TRY(const std::int64_t id, next_row(connection, "faces"));
  EYRIE_TRY(Statement insert, connection.prepare("INSERT INTO faces(id, collection, face_id, image_id, details, vector)"
                                                 " VALUES(?, ?, ?, ?, ?, ?)"));
  const Bytes face_id = uuid_bytes(face.id), image = seal.index(FoundBy::kImageId, uuid_bytes(face.image_id));
  const Bytes details = seal.seal(SealedAs::kFaceDetails, id, write_details(face));
  const Bytes vector = seal.seal(SealedAs::kFaceVector, id, code);
  insert.bind(1, id).bind(2, collection.id).bind_blob(3, face_id).bind_blob(4, image);
  EYRIE_CHECK_OK(insert.bind_blob(5, details).bind_blob(6, vector).run());
  ++collection.info.faces;
  return face;
}

Result<PageOf<StoredFace>> SqliteFaces::faces(const std::string& collection, const FaceFilter& filter,
                                              std::int64_t after, std::size_t most) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const CollectionRow row, read_collection(*connection, collection));
  EYRIE_TRY(FaceSeal seal, seal_of(row));
  std::int64_t user = 0;
  if (filter.user) {
    EYRIE_TRY(const UserRow found, read_user(*connection, row, seal, *filter.user));
    user = found.id;
  }
  return filter.ids ? faces_by_id(*connection, row, seal, *filter.ids, user, after, most)
                    : faces_by_age(*connection, row, seal, user, after, most);
}

Result<FaceChanges> SqliteFaces::remove_faces(const std::string& collection,
                                              const std::vector<std::string>& ids) {
  FaceChanges changes;
  std::vector<std::int64_t> rows;
  std::int64_t collection_id = 0;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const CollectionRow row, read_collection(connection, collection));
    EYRIE_TRY(FaceSeal seal, seal_of(row));
    collection_id = row.id;
    for (const std::string& id : distinct(ids)) {
      EYRIE_TRY(const auto face, find_face(connection, row, seal, id));
      if (!face) {
        changes.problems.push_back({.face_id = id, .reason = FaceProblemReason::kFaceNotFound});
        continue;
      }
      if (face->user) {
        changes.problems.push_back(
            {.face_id = id, .reason = FaceProblemReason::kOfAUser, .user = face->user_name});
        continue;
      }
      EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM faces WHERE id = ?"));
      EYRIE_CHECK_OK(statement.bind(1, face->id).run());
      changes.done.push_back(id);
      rows.push_back(face->id);
    }
    return count_faces(connection, row.id, -static_cast<std::int64_t>(rows.size()));
  }));
  if (const auto index = index_in_use(collection_id)) index->remove_faces(rows);
  return changes;
}

}  // namespace eyrie::store
