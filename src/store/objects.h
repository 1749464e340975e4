// ObjectStore over chunk files and an SQLite index.
#pragma once

#include <filesystem>
#include <mutex>

#include "base/clock.h"
#include "crypto/key_ring.h"
#include "store/database.h"
#include "store/event_record.h"
#include "store/object_store.h"
#include "store/queue.h"

namespace eyrie::store {

class SqliteObjects final : public ObjectStore {
 public:
  SqliteObjects(std::filesystem::path directory, Database& database, SqliteQueue& queue, const crypto::KeyRing& keys,
                const Clock& clock)
      : directory_(std::move(directory)), database_(database), queue_(queue), keys_(keys), clock_(clock) {}

  Status create_bucket(const std::string& name) override;
  Result<Bucket> bucket(const std::string& name) override;
  Result<std::vector<Bucket>> buckets() override;
  Status delete_bucket(const std::string& name) override;
  Result<std::unique_ptr<ObjectWriter>> begin_put(const std::string& bucket, const std::string& key) override;
  Result<std::unique_ptr<ObjectReader>> open(const std::string& bucket, const std::string& key) override;
  Result<ObjectInfo> head(const std::string& bucket, const std::string& key) override;
  Result<bool> remove(const std::string& bucket, const std::string& key) override;
  Result<ListPage> list(const ListQuery& query) override;
  Status set_tags(const std::string& bucket, const std::string& key, const std::string& sequencer,
                  const StringMap& tags) override;

  // For ObjectWriter: the file at `temporary` becomes the object.
  Result<ObjectInfo> commit(ObjectInfo object, const std::string& file, const std::filesystem::path& temporary,
                            const PutCommit& commit);
  std::filesystem::path object_path(const std::string& file) const;

 private:
  Status insert_object(Connection& connection, ObjectInfo& object, const std::string& file, const PutCommit& commit,
                       std::string& replaced, bool& notified);
  Result<bool> push_events(Connection& connection, const ObjectInfo& object, const ObjectEvent& event);

  const std::filesystem::path directory_;
  Database& database_;
  SqliteQueue& queue_;
  const crypto::KeyRing& keys_;
  const Clock& clock_;
};

}  // namespace eyrie::store
