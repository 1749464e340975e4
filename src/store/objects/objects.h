// ObjectStore over chunk files and an SQLite index.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>

#include "base/time/clock.h"
#include "crypto/key_ring.h"
#include "crypto/md5/md5_thread.h"
#include "store/buckets/bucket_cache.h"
#include "store/object_store.h"
#include "store/object_watcher.h"
#include "store/objects/chunk_file.h"
#include "store/objects/object_files.h"
#include "store/objects/object_rows.h"
#include "store/objects/reserve.h"
#include "store/queue/event_record.h"
#include "store/queue/queue.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class SqliteObjects final : public ObjectStore {
 public:
  // `directory`: of the store, with the reserve that is let go on a full disk; `cold`: the folder for archived objects.
  SqliteObjects(const std::filesystem::path& directory, ObjectFolder hot, ObjectFolder cold, Database& database,
                SqliteQueue& queue, const crypto::KeyRing& keys, const RowSeal& seal, const Clock& clock)
      : hot_(std::move(hot)),
        cold_(std::move(cold)),
        database_(database),
        queue_(queue),
        keys_(keys),
        seal_(seal),
        clock_(clock),
        reserve_(directory / "reserve"),
        bucket_cache_(database),
        remover_(directory, [this](const std::function<bool()>& stop) { remove_orphans(stop); }) {}

  const ObjectFolder& hot() const { return hot_; }
  const ObjectFolder& cold() const { return cold_; }

  Status create_bucket(const std::string& name, const StringMap& settings) override;
  Result<Bucket> bucket(const std::string& name) override;
  Result<std::vector<Bucket>> buckets() override;
  Status delete_bucket(const std::string& name) override;
  Result<std::optional<std::string>> bucket_setting(const std::string& bucket, const std::string& name) override;
  Status set_bucket_setting(const std::string& bucket, const std::string& name,
                            const std::optional<std::string>& value) override;
  Status set_rules(const std::string& bucket, const std::vector<NotificationRule>& rules) override;
  Result<std::vector<NotificationRule>> rules(const std::string& bucket) override;
  Result<std::unique_ptr<ObjectWriter>> begin_put(const std::string& bucket, const std::string& key,
                                                  const crypto::SecretKey* given_key, const KmsEnvelope* envelope) override;
  Result<std::unique_ptr<ObjectReader>> open(const std::string& bucket, const std::string& key,
                                             const crypto::SecretKey* customer_key, const EnvelopeOpener& opener) override;
  Result<ObjectInfo> head(const std::string& bucket, const std::string& key) override;
  Result<bool> remove(const std::string& bucket, const std::string& key, const Requester& by) override;
  Result<bool> remove_version(const std::string& bucket, const std::string& key, const std::string& sequencer,
                              const std::string& event_name, const Requester& by) override;
  Result<ListPage> list(const ListQuery& query) override;
  Status set_tags(const std::string& bucket, const std::string& key, const std::string& sequencer,
                  const StringMap& tags, const Requester& by) override;
  Status delete_tags(const std::string& bucket, const std::string& key, const Requester& by) override;

  // archive/archive.cc
  Status set_storage_class(const std::string& bucket, const std::string& key, const std::string& sequencer,
                           const std::string& storage_class) override;
  Result<RestoreOutcome> restore(const std::string& bucket, const std::string& key, std::int64_t until_ms,
                                 const Requester& by) override;
  bool has_archive_work() const override { return archive_work_; }
  Status work_on_archive(const std::function<bool()>& stop) override;

  // For ObjectWriter: the finished file `chunks`, now in the hot folder's temporary place, becomes the object.
  Result<ObjectInfo> commit(ObjectInfo object, ChunkWriter& chunks, const std::string& file, const PutCommit& commit);

  // Null: nobody.
  void watch(ObjectWatcher* watcher) { watcher_ = watcher; }

  // Removes the files of uploads that a crash cut off between their placing and their row; answers how many.
  // May run beside requests. Ends early when `stop` says so.
  std::size_t remove_orphans(const std::function<bool()>& stop);

 private:
  // A version that a remove is bound to (any, where empty), what its event is called, and who asked for it.
  struct Removal {
    std::string sequencer, event_name;
    Requester by;
  };
  using Paths = std::vector<std::filesystem::path>;

  Result<bool> remove_once(const std::string& bucket, const std::string& key, const Removal& removal);
  Result<bool> remove_any(const std::string& bucket, const std::string& key, const Removal& removal);
  struct Tagging {
    std::string sequencer, event_name;
    StringMap tags;
    Requester by;
  };
  Status change_tags(const std::string& bucket, const std::string& key, const Tagging& tagging);
  std::set<std::string> placed_now();
  Result<bool> is_known(const std::string& file, bool cold);
  std::size_t remove_orphans_in(const ObjectFolder& folder, bool cold, const std::function<bool()>& stop);
  // What a row has that does not wait for its transaction.
  struct NewRow {
    std::string file;
    Bytes attributes, parts;  // sealed
  };
  // `replaced`: the files of the version before. `told`: the functions that events were left for.
  Status insert_object(Connection& connection, ObjectInfo& object, const NewRow& row,
                       const PutCommit& commit, Paths& replaced, std::vector<std::string>& told);
  // The files of a version that goes; forgets its temporary copy.
  Result<Paths> forget_files(Connection& connection, const ObjectRow& row);
  std::optional<Restoration> current(const std::optional<Restoration>& restore) const;
  // A disk too full to commit has not committed. After any other failure of a commit the row may yet come to light when the log is
  // read again, so a new file stays for the sweep at the next start to judge.
  static bool is_surely_lost(const Status& committed);
  Result<bool> push_events(Connection& connection, const ObjectInfo& object, const ObjectEvent& event, std::vector<std::string>* told = nullptr);
  void tell_queue();  // that events were left, once they are there
  // buckets/bucket_settings.cc
  Status change_bucket(const std::string& bucket, const Database::Job& change);
  static Status write_setting(Connection& connection, const std::string& bucket, const std::string& name,
                              const std::string& value);

  // archive/archive.cc
  struct NewFile {
    std::string file;
    std::uint64_t stored_size = 0;
  };
  Result<NewFile> write_cold(const ObjectRow& row);
  Result<NewFile> write_copy(const ObjectRow& row);
  Status place_and_name(const ObjectFolder& folder, const std::string& file, const Database::Job& name_it);
  Status archive(const ObjectRow& row, const std::string& storage_class, const std::string& event_name);
  Status move_waiting(const std::string& bucket, const std::string& key);
  Status restore_waiting(const std::string& bucket, const std::string& key);
  Status drop_expired(const std::string& bucket, const std::string& key);
  Result<std::optional<ObjectRow>> row_of(const std::string& bucket, const std::string& key);

  const ObjectFolder hot_, cold_;
  Database& database_;
  SqliteQueue& queue_;
  const crypto::KeyRing& keys_;
  const RowSeal& seal_;
  const Clock& clock_;
  Reserve reserve_;
  BucketCache bucket_cache_;
  crypto::Md5Thread md5_thread_;
  std::atomic<bool> archive_work_{true};
  std::atomic<ObjectWatcher*> watcher_{nullptr};
  std::mutex mutex_;
  std::set<std::string>
      placing_;  // guarded by mutex_: files that have no row yet, or whose row is being written
  FileRemover remover_;  // its thread uses all of the above
};

}  // namespace eyrie::store
