#include "store/embedded.h"

#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "base/encoding.h"
#include "base/log.h"
#include "crypto/key_ring.h"
#include "store/backup/backup.h"
#include "store/faces/clear_faces.h"
#include "store/faces/faces.h"
#include "store/items/clear_items.h"
#include "store/items/deleted_tables.h"
#include "store/items/items.h"
#include "store/layout.h"
#include "store/messages/messages.h"
#include "store/objects/chunk_file.h"
#include "store/objects/objects.h"
#include "store/outbox/sqlite_outbox.h"
#include "store/queue/queue.h"
#include "store/records/records.h"
#include "store/rotation/header_journal.h"
#include "store/sealing/clear_rows.h"
#include "store/sqlite/rewrite.h"
#include "store/sqlite/settings.h"

namespace eyrie::store {
namespace {

Status make_layout(const std::filesystem::path& directory) {
  std::error_code error;
  const bool is_new = !std::filesystem::exists(directory, error);
  EYRIE_CHECK_OK(make_directory(directory));
  // A folder that was there keeps its owner's choice: somebody may have named their home.
  if (is_new && ::chmod(directory.c_str(), 0700) != 0) {
    return fail(system_error("cannot set the mode of " + directory.string(), errno));
  }
  return sync_directory(directory);
}

// The key ring must hold the key that the objects were wrapped with when the store was last open; else
// every read would fail, one by one. Asked before anything is wrapped by it.
Status check_master_key(Database& database, const crypto::KeyRing& keys, const std::filesystem::path& directory) {
  const std::string current = std::to_string(keys.current_key_id());
  EYRIE_TRY(const auto recorded, read_setting(database, kMasterKeySetting));
  if (recorded == current) return {};
  const auto known = recorded ? whole_number<std::uint32_t>(*recorded) : std::nullopt;
  if (recorded && (!known || !keys.has(*known))) {
    return fail(Code::kFailedPrecondition, (directory / kMasterKeyFile).string() + " holds another key than the objects were encrypted with");
  }
  return write_setting(database, kMasterKeySetting, current);
}

const Clock& settled_of(const EmbeddedOptions& options) { return options.settled != nullptr ? *options.settled : *options.clock; }

class Embedded final : public EmbeddedStore {
 public:
  Embedded(const EmbeddedOptions& options, File lock, crypto::KeyRing keys,
           std::unique_ptr<Database> database, RowSeal object_seal, RowSeal event_seal)
      : directory_(options.directory),
        lock_(std::move(lock)),
        keys_(std::move(keys)),
        database_(std::move(database)),
        object_seal_(std::move(object_seal)),
        event_seal_(std::move(event_seal)),
        queue_(*database_, event_seal_, settled_of(options)),
        items_(*database_, keys_, *options.clock),
        objects_(directory_, hot_folder(directory_), cold_folder(directory_, options.cold), *database_, queue_, keys_, object_seal_, *options.clock),
        faces_(*database_, keys_, *options.clock, options.face_limits),
        records_(*database_, keys_),
        messages_(*database_, keys_),
        outbox_(*database_, keys_) {}

  ~Embedded() override {
    stopping_ = true;
    if (sweeper_.joinable()) sweeper_.join();
  }

  ObjectStore& objects() override { return objects_; }
  ItemTable& items() override { return items_; }
  EventQueue& events() override { return queue_; }
  FaceStore& faces() override { return faces_; }
  RecordStore& records() override { return records_; }
  MessageStore& messages() override { return messages_; }
  Outbox& outbox() override { return outbox_; }

  Status set_rules(const std::string& bucket, const std::vector<NotificationRule>& rules) override {
    return objects_.set_rules(bucket, rules);
  }
  Result<std::vector<NotificationRule>> rules(const std::string& bucket) override { return objects_.rules(bucket); }

  void watch_objects(ObjectWatcher* watcher) override { objects_.watch(watcher); }
  Result<std::vector<Event>> waiting_events(const std::string& function, std::int64_t after, std::size_t limit) override {
    return queue_.waiting(function, after, limit);
  }

  Status follow_jump(SettledClock& clock, std::int64_t by_ms) override {
    // In an order in which nothing seems older in between than it is: that could be dropped for its age.
    if (by_ms < 0) clock.adopt(by_ms);
    const Status moved = database_->run([&](Connection& connection) -> Status {
      EYRIE_CHECK_OK(queue_.move_times(connection, by_ms));
      EYRIE_CHECK_OK(messages_.move_times(connection, by_ms));
      return outbox_.move_times(connection, by_ms);
    });
    if (moved && by_ms > 0) clock.adopt(by_ms);
    if (!moved && by_ms < 0) clock.adopt(-by_ms);
    queue_.wake();
    return moved;
  }

  Result<std::vector<BucketUsage>> usage() override {
    EYRIE_TRY(auto connection, database_->reader());
    EYRIE_TRY(Statement rows, connection->prepare("SELECT bucket, count(*), sum(size) FROM objects GROUP BY bucket ORDER BY bucket"));
    std::vector<BucketUsage> found;
    while (true) {
      EYRIE_TRY(const bool row, rows.step());
      if (!row) return found;
      found.push_back({.bucket = rows.text(0), .objects = static_cast<std::uint64_t>(rows.integer(1)), .bytes = static_cast<std::uint64_t>(rows.integer(2))});
    }
  }

  Result<std::optional<std::string>> setting(const std::string& name) override { return read_setting(*database_, name); }
  Status set_setting(const std::string& name, const std::string& value) override { return write_setting(*database_, name, value); }

  const std::string& master_key_sealed_by() const override { return keys_.sealed_by(); }

  // Uploads that a crash cut off: those not finished at once, those without a row in the background.
  void clear_leftovers() {
    objects_.hot().clear_temporary();
    objects_.cold().clear_temporary();
    sweeper_ = std::thread([this] {
      const std::size_t removed = objects_.remove_orphans([this] { return stopping_.load(); });
      if (removed > 0) log_info("orphan files removed", {{"files", removed}});
    });
  }

  // What formats before left in clear.
  Status seal_what_is_clear() {
    EYRIE_CHECK_OK(seal_clear_items(*database_, keys_));
    EYRIE_CHECK_OK(seal_clear_faces(*database_, keys_));
    EYRIE_CHECK_OK(seal_clear_rows(*database_, object_seal_, event_seal_));
    return rewrite_clear_pages(*database_, directory_ / kDatabaseFile);
  }

  Status finish_deletions() { return store::finish_deletions(*database_); }

  Status clamp_times(std::int64_t now_ms) {
    return database_->run([&](Connection& connection) -> Status {
      EYRIE_CHECK_OK(queue_.clamp_times(connection, now_ms));
      EYRIE_CHECK_OK(messages_.clamp_times(connection, now_ms));
      return outbox_.clamp_times(connection, now_ms);
    });
  }

  Status prepare_folders() {
    EYRIE_TRY(const auto expected, setting(kColdMarkSetting));
    EYRIE_TRY(const std::string mark, mark_cold_folder(objects_.cold().objects(), expected.value_or("")));
    if (!expected) EYRIE_CHECK_OK(set_setting(kColdMarkSetting, mark));
    EYRIE_CHECK_OK(objects_.hot().make());
    EYRIE_CHECK_OK(objects_.cold().make());
    return HeaderJournal(directory_, objects_.hot(), objects_.cold()).finish();
  }

 private:
  const std::filesystem::path directory_;
  const File lock_;
  const crypto::KeyRing keys_;
  const std::unique_ptr<Database> database_;
  const RowSeal object_seal_, event_seal_;
  SqliteQueue queue_;
  SqliteItems items_;
  SqliteObjects objects_;
  SqliteFaces faces_;
  SqliteRecords records_;
  SqliteMessages messages_;
  SqliteOutbox outbox_;
  std::atomic<bool> stopping_{false};
  std::thread sweeper_;
};

// A lost key must not be papered over with a new one: nothing stored could ever be read again.
Result<crypto::KeyRing> open_key_ring(const std::filesystem::path& directory, const MasterKeyOptions& options) {
  std::error_code error;
  const bool is_new = !std::filesystem::exists(directory / kDatabaseFile, error);
  const std::filesystem::path file = directory / kMasterKeyFile;
  auto keys = crypto::KeyRing::load(file, options.sources);
  if (!keys && keys.error().code == Code::kNotFound && is_new) keys = crypto::KeyRing::create(file, options.seal_new);
  if (!keys && keys.error().code == Code::kNotFound) {
    return fail(Code::kCorrupt, "the master key " + file.string() +
                                    " is missing; without it nothing stored here can be read");
  }
  if (keys && !options.required.empty() && keys->sealed_by() != options.required) {
    return fail(Code::kFailedPrecondition, file.string() + " is of the source \"" + keys->sealed_by() + "\", not \"" + options.required +
                                               "\" as configured: `eyrie keys rotate --to " + options.required + "` changes it");
  }
  return keys;
}

}  // namespace

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::open(const EmbeddedOptions& options) {
  const std::filesystem::path& directory = options.directory;
  EYRIE_CHECK_OK(make_layout(directory));
  std::error_code unreadable;
  if (std::filesystem::exists(directory / kRestorePartial, unreadable)) {
    return fail(Code::kFailedPrecondition, "a restore into " + directory.string() + " was cut off: empty it, and restore again");
  }
  EYRIE_TRY(File lock, lock_directory(directory));
  EYRIE_TRY(auto keys, open_key_ring(directory, options.keys));
  EYRIE_TRY(auto database, Database::open(directory / kDatabaseFile));
  EYRIE_CHECK_OK(check_master_key(*database, keys, directory));
  EYRIE_TRY(RowSeal objects, RowSeal::load(*database, keys, "objects"));
  EYRIE_TRY(RowSeal events, RowSeal::load(*database, keys, "events"));
  auto store = std::make_unique<Embedded>(options, std::move(lock), std::move(keys), std::move(database), std::move(objects), std::move(events));
  EYRIE_CHECK_OK(store->seal_what_is_clear());
  EYRIE_CHECK_OK(store->finish_deletions());
  EYRIE_CHECK_OK(store->clamp_times(settled_of(options).now_ms()));
  EYRIE_CHECK_OK(store->prepare_folders());
  store->clear_leftovers();
  return store;
}

}  // namespace eyrie::store
