// The embedded store: one folder, one SQLite database (WAL, synchronous FULL), one writer thread that commits in groups,
// many readers. All its interfaces share the database so that an object and its event are one transaction.
//
//   data/
//     eyrie.lock       held (flock) while a process has the folder open
//     master.key       32 random bytes, base64 or sealed, mode 0600: wraps every data key
//     eyrie.db         SQLite: buckets, objects, tables, items, events, queues and their messages, messages of topics, collections of faces, sealed
//                      records, settings
//     objects/ab/UUID  one object version's bytes: chunked AES-256-GCM (docs/formats.md)
//     reserve          1 MiB that is let go so that deleting works on a full disk
//     tmp/             uploads in progress; emptied at start
//     cold/            archived objects' bytes, unless another folder is named
//
// Thread safety: all of it. Destroying it waits for writes in progress.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/time/clock.h"
#include "base/result.h"
#include "base/time/settled_clock.h"
#include "crypto/key_ring.h"
#include "store/event_queue.h"
#include "store/face_store.h"
#include "store/item_table.h"
#include "store/message_store.h"
#include "store/object_store.h"
#include "store/object_watcher.h"
#include "store/outbox.h"
#include "store/record_store.h"

namespace eyrie::store {

// What the file of the master keys is, and may be, sealed by.
struct MasterKeyOptions {
  crypto::KeySources sources = {};               // what opens it
  const crypto::KeySource* seal_new = nullptr;   // what a new one is sealed by; null: nothing
  std::string required = {};                     // the kind that it must be sealed by ("file": none); empty: whatever
};

struct EmbeddedOptions {
  std::filesystem::path directory;
  std::filesystem::path cold = {};  // archived objects' folder; empty: "cold" in `directory`
  MasterKeyOptions keys = {};
  const Clock* clock = &Clock::system();
  const Clock* settled = nullptr;  // for what is due at a time: events; null: the same
  FaceLimits face_limits = {};
};

struct BucketUsage {
  std::string bucket;
  std::uint64_t objects = 0, bytes = 0;
};

class EmbeddedStore {
 public:
  // Makes the folder and its files where they are missing (kUnavailable where another process holds it).
  static Result<std::unique_ptr<EmbeddedStore>> open(const EmbeddedOptions& options);
  virtual ~EmbeddedStore() = default;

  virtual ObjectStore& objects() = 0;
  virtual ItemTable& items() = 0;
  virtual EventQueue& events() = 0;
  virtual FaceStore& faces() = 0;
  virtual RecordStore& records() = 0;
  virtual MessageStore& messages() = 0;
  virtual Outbox& outbox() = 0;

  // The same as of objects().
  virtual Status set_rules(const std::string& bucket, const std::vector<NotificationRule>& rules) = 0;
  virtual Result<std::vector<NotificationRule>> rules(const std::string& bucket) = 0;

  // From now on; null: nobody. It must be there until another is.
  virtual void watch_objects(ObjectWatcher* watcher) = 0;
  // Events of the function that are neither acknowledged nor given up, whose ids are greater than `after`: by id, at most `limit`. Those that are damaged are left out.
  virtual Result<std::vector<Event>> waiting_events(const std::string& function, std::int64_t after, std::size_t limit) = 0;

  // What waits for a time (events, messages of queues and of topics) was written down by a clock that was behind the time of day by so much (less than 0: ahead of
  // it), and adopts that now; where it cannot be written, it does not.
  virtual Status follow_jump(SettledClock& clock, std::int64_t by_ms) = 0;

  // Of the buckets that hold objects, by name. It reads every object's row.
  virtual Result<std::vector<BucketUsage>> usage() = 0;

  // Small durable settings ("initialised", ...).
  virtual Result<std::optional<std::string>> setting(const std::string& name) = 0;
  virtual Status set_setting(const std::string& name, const std::string& value) = 0;

  // The kind of source that the file of the master keys is sealed by; "file": it holds them in clear.
  virtual const std::string& master_key_sealed_by() const = 0;
};

}  // namespace eyrie::store
