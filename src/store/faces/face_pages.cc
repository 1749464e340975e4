#include "store/faces/face_pages.h"

#include <algorithm>
#include <utility>

namespace eyrie::store {
namespace {

constexpr std::string_view kOfCollection =
    EYRIE_SELECT_FACES "WHERE f.collection = ?1 AND f.id > ?2 ORDER BY f.id LIMIT ?3";
// Its index orders by row too.
constexpr std::string_view kOfUser =
    EYRIE_SELECT_FACES "WHERE f.user = ?1 AND f.id > ?2 ORDER BY f.id LIMIT ?3";

}  // namespace

Result<PageOf<StoredFace>> faces_by_age(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                                        std::int64_t user, std::int64_t after, std::size_t most) {
  EYRIE_TRY(Statement statement, connection.prepare(user == 0 ? kOfCollection : kOfUser));
  statement.bind(1, user == 0 ? collection.id : user).bind(2, after);
  statement.bind(3, static_cast<std::int64_t>(most) + 1);
  PageOf<StoredFace> page;
  std::int64_t last = 0;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return page;
    if (page.entries.size() == most) {
      page.next = last;
      return page;
    }
    last = statement.integer(0);
    EYRIE_TRY(StoredFace face, read_face(statement, seal));
    page.entries.push_back(std::move(face));
  }
}

Result<PageOf<StoredFace>> faces_by_id(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                                       const std::vector<std::string>& ids, std::int64_t user,
                                       std::int64_t after, std::size_t most) {
  // Who asks names at most a few thousand: all are looked up, then ordered.
  std::vector<std::int64_t> rows;
  for (const std::string& id : distinct(ids)) {
    EYRIE_TRY(const auto face, find_face(connection, collection, seal, id));
    if (face && face->id > after && (user == 0 || face->user == user)) rows.push_back(face->id);
  }
  std::ranges::sort(rows);
  PageOf<StoredFace> page;
  if (rows.size() > most) {
    rows.resize(most);
    page.next = rows.back();
  }
  for (const std::int64_t row : rows) {
    EYRIE_TRY(auto face, face_of_row(connection, seal, row));
    if (face) page.entries.push_back(std::move(*face));
  }
  return page;
}

}  // namespace eyrie::store
