// FaceStore over SQLite, with every collection that is used searched in memory (collection_index.h).
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "base/time/clock.h"
#include "crypto/key_ring.h"
#include "store/face_store.h"
#include "store/faces/collection_index.h"
#include "store/faces/collection_sweeper.h"
#include "store/faces/face_rows.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class SqliteFaces final : public FaceStore {
 public:
  SqliteFaces(Database& database, const crypto::KeyRing& keys, const Clock& clock, const FaceLimits& limits)
      : database_(database), keys_(keys), clock_(clock), limits_(limits), sweeper_(database) {}

  Status create_collection(const std::string& name, const std::string& model, const StringMap& tags) override;
  Result<FaceCollection> collection(const std::string& name) override;
  Result<PageOf<FaceCollection>> collections(std::int64_t after, std::size_t most) override;
  Status delete_collection(const std::string& name) override;
  Status change_tags(const std::string& name, const TagChange& change) override;

  Result<std::vector<StoredFace>> add_faces(const std::string& collection,
                                            const PictureFaces& faces) override;
  Result<PageOf<StoredFace>> faces(const std::string& collection, const FaceFilter& filter,
                                   std::int64_t after, std::size_t most) override;
  Result<FaceChanges> remove_faces(const std::string& collection,
                                   const std::vector<std::string>& ids) override;

  Status create_user(const std::string& collection, const std::string& user,
                     const RequestToken& token) override;
  Status delete_user(const std::string& collection, const std::string& user,
                     const RequestToken& token) override;
  Result<PageOf<StoredUser>> users(const std::string& collection, std::int64_t after,
                                   std::size_t most) override;
  Result<FaceChanges> associate(const std::string& collection, const std::string& user,
                                const std::vector<std::string>& faces, double least,
                                const RequestToken& token) override;
  Result<FaceChanges> disassociate(const std::string& collection, const std::string& user,
                                   const std::vector<std::string>& faces, const RequestToken& token) override;

  Result<std::optional<VectorCode>> face_vector(const std::string& collection,
                                                const std::string& face_id) override;
  Result<std::optional<VectorCode>> user_vector(const std::string& collection,
                                                const std::string& user) override;
  Result<VectorCode> vector(const std::string& collection, const std::string& model,
                            std::span<const float> embedding) override;
  Result<std::vector<Near<StoredFace>>> nearest_faces(const std::string& collection, const VectorCode& vector,
                                                      std::size_t most, double least) override;
  Result<std::vector<Near<StoredUser>>> nearest_users(const std::string& collection, const VectorCode& vector,
                                                      std::size_t most, double least) override;
  Status warm_up() override;

 private:
  // What a change of users' faces does to the rows of user_vectors.
  struct VectorChange {
    std::vector<std::int64_t> removed;
    bool added = false;
  };
  std::shared_ptr<CollectionIndex> index_of(const CollectionRow& collection);
  // Nullptr where nobody has searched the collection yet.
  std::shared_ptr<CollectionIndex> index_in_use(std::int64_t collection);
  Status take_in(std::int64_t collection, const VectorChange& change);
  Result<FaceSeal> seal_of(const CollectionRow& collection) const;
  Result<StoredFace> add_face(Connection& connection, CollectionRow& collection, FaceSeal& seal,
                              StoredFace face, const VectorCode& code);
  using UserChange = std::function<Status(Connection& connection, const CollectionRow& row,
                                          FaceChanges& changes, VectorChange& vectors)>;
  Result<FaceChanges> change_user(const std::string& collection, const RequestToken& token,
                                  const UserChange& change);
  Status associate_in(Connection& connection, const CollectionRow& collection, const std::string& user,
                      const std::vector<std::string>& faces, double least, FaceChanges& changes,
                      VectorChange& vectors);
  Status disassociate_in(Connection& connection, const CollectionRow& collection, const std::string& user,
                         const std::vector<std::string>& faces, FaceChanges& changes, VectorChange& vectors);
  Status renew_user(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                    std::int64_t user, FaceChanges& changes, VectorChange& vectors);

  Database& database_;
  const crypto::KeyRing& keys_;
  const Clock& clock_;
  const FaceLimits limits_;
  std::mutex mutex_;
  std::map<std::int64_t, std::shared_ptr<CollectionIndex>> indexes_;  // guarded by mutex_
  CollectionSweeper sweeper_;
};

}  // namespace eyrie::store
