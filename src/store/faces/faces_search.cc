#include "base/log.h"
#include "store/faces/faces.h"

namespace eyrie::store {
namespace {

Result<std::optional<StoredUser>> user_of_vector(Connection& connection, FaceSeal& seal, std::int64_t row) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT u.id, u.sealed_name, u.faces FROM user_vectors v JOIN users u ON u.id = v.user"
                               " WHERE v.id = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, row).step());
  if (!found) return std::nullopt;
  StoredUser user{.faces = static_cast<std::uint64_t>(statement.integer(2))};
  EYRIE_TRY(user.name, open_name(seal, statement.integer(0), statement.blob(1)));
  return user;
}

// What was removed since it was found is left out; what is damaged too, and said.
template <typename T>
Result<std::vector<Near<T>>> entries_of(Connection& connection, FaceSeal& seal, const std::vector<Match>& matches,
                                        auto&& read) {
  std::vector<Near<T>> entries;
  for (const Match& match : matches) {
    auto entry = read(connection, seal, match.id);
    if (!entry && entry.error().code != Code::kCorrupt) return fail(entry.error());
    if (!entry) log_error("a stored face or user is damaged and not answered", {{"row", match.id}, {"error", entry.error().message}});
    if (entry && *entry) entries.push_back({std::move(**entry), match.cosine});
  }
  return entries;
}

}  // namespace

std::shared_ptr<CollectionIndex> SqliteFaces::index_of(const CollectionRow& collection) {
  const std::lock_guard lock(mutex_);
  auto& index = indexes_[collection.id];
  if (!index) index = std::make_shared<CollectionIndex>(database_, keys_, collection);
  return index;
}

std::shared_ptr<CollectionIndex> SqliteFaces::index_in_use(std::int64_t collection) {
  const std::lock_guard lock(mutex_);
  const auto found = indexes_.find(collection);
  return found == indexes_.end() ? nullptr : found->second;
}

// After the commit: an index made later reads the table as it is then.
Status SqliteFaces::take_in(std::int64_t collection, const VectorChange& change) {
  const auto index = index_in_use(collection);
  if (!index) return {};
  if (!change.removed.empty()) index->remove_user_vectors(change.removed);
  if (!change.added) return {};
  index->rows_added();
  // What was written is on disk, so its writer has not failed: the next search tries again.
  if (const Status taken = index->follow(); !taken) {
    log_error("faces cannot be read back", {{"error", taken.error().message}});
  }
  return {};
}

Result<std::optional<VectorCode>> SqliteFaces::face_vector(const std::string& collection,
                                                           const std::string& face_id) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const CollectionRow row, read_collection(*connection, collection));
  EYRIE_TRY(FaceSeal seal, seal_of(row));
  EYRIE_TRY(const auto face, find_face(*connection, row, seal, face_id));
  if (!face) return std::nullopt;
  EYRIE_TRY(VectorCode code, read_face_vector(*connection, seal, face->id));
  return code;
}

Result<std::optional<VectorCode>> SqliteFaces::user_vector(const std::string& collection,
                                                           const std::string& user) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const CollectionRow row, read_collection(*connection, collection));
  EYRIE_TRY(FaceSeal seal, seal_of(row));
  EYRIE_TRY(const UserRow found, read_user(*connection, row, seal, user));
  return read_user_vector(*connection, seal, found.id);
}

Result<VectorCode> SqliteFaces::vector(const std::string& collection, const std::string& model,
                                       std::span<const float> embedding) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const CollectionRow row, read_collection(*connection, collection));
  EYRIE_CHECK_OK(check_model(row, model));
  return VectorCode::of(embedding);
}

Result<std::vector<Near<StoredFace>>> SqliteFaces::nearest_faces(const std::string& collection,
                                                                 const VectorCode& vector, std::size_t most,
                                                                 double least) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const CollectionRow row, read_collection(*connection, collection));
  EYRIE_CHECK_OK(check_dimension(row, vector));
  EYRIE_TRY(const auto matches, index_of(row)->nearest_faces(vector, most, least));
  EYRIE_TRY(FaceSeal seal, seal_of(row));
  return entries_of<StoredFace>(*connection, seal, matches, face_of_row);
}

Result<std::vector<Near<StoredUser>>> SqliteFaces::nearest_users(const std::string& collection,
                                                                 const VectorCode& vector, std::size_t most,
                                                                 double least) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(const CollectionRow row, read_collection(*connection, collection));
  EYRIE_CHECK_OK(check_dimension(row, vector));
  EYRIE_TRY(const auto matches, index_of(row)->nearest_users(vector, most, least));
  EYRIE_TRY(FaceSeal seal, seal_of(row));
  return entries_of<StoredUser>(*connection, seal, matches, user_of_vector);
}

Status SqliteFaces::warm_up() {
  std::int64_t after = 0;
  do {
    EYRIE_TRY(const auto page, collections(after, 100));
    for (const FaceCollection& listed : page.entries) {
      EYRIE_TRY(auto connection, database_.reader());
      const auto row = read_collection(*connection, listed.name);
      if (!row) continue;  // deleted meanwhile
      EYRIE_CHECK_OK(index_of(*row)->follow());
    }
    after = page.next;
  } while (after != 0);
  return {};
}

}  // namespace eyrie::store
