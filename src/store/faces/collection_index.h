// A collection's vectors in memory: they follow the table. Rows are read in the order of their numbers, from
// where the last reading ended, so the first reading at start and the taking in of what was just written are
// the same thing.
//
// A row is in memory before the write that made it is answered, unless nobody has searched the collection
// since the start.
//
// Thread safety: all of it. Searches wait for each other only where something new has to be taken in first.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "crypto/key_ring.h"
#include "store/faces/face_rows.h"
#include "store/sqlite/database.h"
#include "store/vectors/vector_index.h"

namespace eyrie::store {

class CollectionIndex {
 public:
  CollectionIndex(Database& database, const crypto::KeyRing& keys, CollectionRow collection)
      : database_(database), keys_(keys), collection_(std::move(collection)) {}

  // After a commit that added vectors.
  void rows_added() { ++added_; }
  // After a commit that removed them.
  void remove_faces(std::span<const std::int64_t> rows);
  void remove_user_vectors(std::span<const std::int64_t> rows);

  Status follow();

  // The ids are rows of `faces` and of `user_vectors`.
  Result<std::vector<Match>> nearest_faces(const VectorCode& query, std::size_t most, double least);
  Result<std::vector<Match>> nearest_users(const VectorCode& query, std::size_t most, double least);

 private:
  Status read_new(Connection& connection, FaceSeal& seal, SealedAs owner, VectorIndex& index,
                  std::int64_t& last);

  Database& database_;
  const crypto::KeyRing& keys_;
  const CollectionRow collection_;  // as it was when this was made
  // How often rows were added, and how many of these times are taken in.
  std::atomic<std::uint64_t> added_{1}, followed_{0};
  std::mutex mutex_;            // held by who changes the indexes
  std::int64_t last_face_ = 0;  // guarded by mutex_
  std::int64_t last_user_ = 0;  // guarded by mutex_
  VectorIndex faces_, users_;   // changed under mutex_
};

}  // namespace eyrie::store
