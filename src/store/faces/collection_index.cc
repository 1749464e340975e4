#include "store/faces/collection_index.h"

#include "base/time/clock.h"
#include "base/log.h"

namespace eyrie::store {
namespace {

constexpr std::string_view kNewFaces =
    "SELECT id, vector FROM faces WHERE collection = ? AND id > ? ORDER BY id";
constexpr std::string_view kNewUsers =
    "SELECT id, vector FROM user_vectors WHERE collection = ? AND id > ? ORDER BY id";
constexpr double kWorthSayingMs = 1000;

}  // namespace

void CollectionIndex::remove_faces(std::span<const std::int64_t> rows) {
  const std::lock_guard lock(mutex_);
  faces_.remove(rows);
}

void CollectionIndex::remove_user_vectors(std::span<const std::int64_t> rows) {
  const std::lock_guard lock(mutex_);
  users_.remove(rows);
}

// Rows removed while this reads come out again: who removes them waits for the mutex after the commit. A
// snapshot taken after that commit does not show them.
Status CollectionIndex::follow() {
  if (followed_ >= added_) return {};
  const std::lock_guard lock(mutex_);
  // Told before it is looked: what is added meanwhile may or may not be seen, and is looked for again.
  const std::uint64_t told = added_;
  if (followed_ >= told) return {};
  const Stopwatch watch;
  auto read = [this]() -> Status {
    EYRIE_TRY(auto connection, database_.reader());
    EYRIE_TRY(FaceSeal seal, FaceSeal::open_key(keys_, collection_.info.name, collection_.data_key));
    EYRIE_CHECK_OK(read_new(*connection, seal, SealedAs::kFaceVector, faces_, last_face_));
    return read_new(*connection, seal, SealedAs::kUserVector, users_, last_user_);
  };
  const Status outcome = read();
  if (outcome) followed_ = told;
  if (watch.elapsed_ms() > kWorthSayingMs) {
    log_info("faces read into memory",
             {{"collection", collection_.info.name}, {"faces", faces_.size()}, {"ms", watch.elapsed_ms()}});
  }
  return outcome;
}

// A vector that is damaged is left out and said: it must not keep a million others from being searched.
Status CollectionIndex::read_new(Connection& connection, FaceSeal& seal, SealedAs owner,
                                 VectorIndex& index, std::int64_t& last) {
  EYRIE_TRY(Statement statement, connection.prepare(owner == SealedAs::kFaceVector ? kNewFaces : kNewUsers));
  statement.bind(1, collection_.id).bind(2, last);
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return {};
    last = statement.integer(0);
    const auto code = seal.open(owner, last, statement.blob(1));
    if (code) {
      index.append(last, *code);
      continue;
    }
    log_error("a stored vector is damaged and not searched",
              {{"collection", collection_.info.name},
               {"row", last},
               {"of", owner == SealedAs::kFaceVector ? "face" : "user"},
               {"error", code.error().message}});
  }
}

Result<std::vector<Match>> CollectionIndex::nearest_faces(const VectorCode& query, std::size_t most,
                                                          double least) {
  EYRIE_CHECK_OK(follow());
  return faces_.search(query, most, least);
}

Result<std::vector<Match>> CollectionIndex::nearest_users(const VectorCode& query, std::size_t most,
                                                          double least) {
  EYRIE_CHECK_OK(follow());
  return users_.search(query, most, least);
}

}  // namespace eyrie::store
