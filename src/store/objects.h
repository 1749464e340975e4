// ObjectStore over chunk files and an SQLite index.
#pragma once

#include <filesystem>
#include <mutex>
#include <set>

#include "base/clock.h"
#include "crypto/key_ring.h"
#include "store/chunk_file.h"
#include "store/event_record.h"
#include "store/object_store.h"
#include "store/queue.h"
#include "store/reserve.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class SqliteObjects final : public ObjectStore {
 public:
  SqliteObjects(std::filesystem::path directory, Database& database, SqliteQueue& queue,
                const crypto::KeyRing& keys, const Clock& clock)
      : directory_(std::move(directory)),
        database_(database),
        queue_(queue),
        keys_(keys),
        clock_(clock),
        reserve_(directory_ / "reserve") {}

  Status create_bucket(const std::string& name) override;
  Result<Bucket> bucket(const std::string& name) override;
  Result<std::vector<Bucket>> buckets() override;
  Status delete_bucket(const std::string& name) override;
  Result<std::optional<std::string>> bucket_setting(const std::string& bucket, const std::string& name) override;
  Status set_bucket_setting(const std::string& bucket, const std::string& name,
                            const std::optional<std::string>& value) override;
  Status set_rules(const std::string& bucket, const std::vector<NotificationRule>& rules) override;
  Result<std::vector<NotificationRule>> rules(const std::string& bucket) override;
  Result<std::unique_ptr<ObjectWriter>> begin_put(const std::string& bucket, const std::string& key) override;
  Result<std::unique_ptr<ObjectReader>> open(const std::string& bucket, const std::string& key) override;
  Result<ObjectInfo> head(const std::string& bucket, const std::string& key) override;
  Result<bool> remove(const std::string& bucket, const std::string& key) override;
  Result<ListPage> list(const ListQuery& query) override;
  Status set_tags(const std::string& bucket, const std::string& key, const std::string& sequencer,
                  const StringMap& tags) override;

  // For ObjectWriter: the finished file `chunks`, now at `temporary`, becomes the object.
  Result<ObjectInfo> commit(ObjectInfo object, ChunkWriter& chunks, const std::string& file,
                            const std::filesystem::path& temporary, const PutCommit& commit);

  // Removes the files of uploads that a crash cut off between their placing and their row; answers how many.
  // May run beside requests. Ends early when `stop` says so.
  std::size_t remove_orphans(const std::function<bool()>& stop);

 private:
  std::filesystem::path object_path(const std::string& file) const;
  Result<bool> remove_once(const std::string& bucket, const std::string& key);
  std::set<std::string> placed_now();
  Result<bool> is_known(const std::string& file);
  Status insert_object(Connection& connection, ObjectInfo& object, const std::string& file,
                       const PutCommit& commit, std::string& replaced, bool& notified);
  Result<bool> push_events(Connection& connection, const ObjectInfo& object, const ObjectEvent& event);

  const std::filesystem::path directory_;
  Database& database_;
  SqliteQueue& queue_;
  const crypto::KeyRing& keys_;
  const Clock& clock_;
  Reserve reserve_;
  std::mutex mutex_;
  std::set<std::string>
      placing_;  // guarded by mutex_: files that have no row yet, or whose row is being written
};

}  // namespace eyrie::store
