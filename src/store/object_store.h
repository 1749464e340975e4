// Buckets and objects, as S3 means them. Embedded implementation: encrypted chunked files plus an SQLite index
// (store/embedded.h). Elsewhere: any S3.
//
// Durability: when put's commit() or any other write returns success, the change and the event it causes are on disk
// (file and directory synced, SQLite transaction synced). A crash before that leaves no trace that a reader can see.
// Consistency: strong read-after-write, listing included; last writer wins; a reader that has opened an object keeps
// reading that version.
//
// Errors: kNotFound (message says bucket or object: see StoreError), kAlreadyExists, kFailedPrecondition,
// kInvalidArgument, kCorrupt (bytes on disk fail authentication), kUnavailable (disk full), kIo.
// Thread safety: all of the store; one reader or writer is one thread's at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/result.h"
#include "crypto/secret.h"
#include "store/event_queue.h"

namespace eyrie::store {

struct Bucket {
  std::string name;
  std::int64_t created_ms = 0;
};

using StringMap = std::map<std::string, std::string>;

// A part that a multipart object was made of.
struct PartInfo {
  int number = 0;
  std::uint64_t size = 0;
  std::string checksum;  // base64, of the algorithm of the object's checksum; empty where none was told
};

// GLACIER and DEEP_ARCHIVE: such objects are not read until a temporary copy of them is there.
bool is_archived(std::string_view storage_class);

// The key that an object's own key is wrapped with, as a key of KMS wraps it (SSE-KMS). Who wraps and opens it: iam/object_keys.h.
struct KmsEnvelope {
  std::string key_arn;     // of the KMS key
  std::string ciphertext;  // what GenerateDataKey answered, base64
  StringMap context;       // told by who put the object; what S3 adds to it is not in here
  bool bucket_key = false;
};

json::object write_envelope(const KmsEnvelope& envelope);
Result<KmsEnvelope> read_envelope(const json::value& written);  // kCorrupt

// The temporary copy of an archived object.
struct Restoration {
  bool ongoing = false;         // asked for, not yet there
  std::int64_t until_ms = 0;    // when the copy goes
};

struct ObjectInfo {
  std::string bucket;
  std::string key;          // UTF-8, at most 1024 bytes; never a path
  std::uint64_t size = 0;
  std::string etag;         // without quotes: hex MD5 of the content; empty in listings where it is damaged
  std::string content_type; // as given; "binary/octet-stream" where not
  std::int64_t modified_ms = 0;
  std::string sequencer;    // hex; later versions of a key compare greater
  StringMap metadata;       // x-amz-meta-NAME (lower case) -> value
  StringMap headers;        // Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires
  StringMap tags;
  StringMap checksums;      // "CRC32" -> base64; one of parts' checksums ends with "-" and their number
  std::vector<PartInfo> parts;  // of a multipart object; not in listings
  std::string storage_class = "STANDARD";
  std::string customer_key;     // see customer_key.h; empty: not encrypted with a customer's key
  std::optional<KmsEnvelope> kms;  // with neither: encrypted with the server's own keys
  std::optional<Restoration> restore;  // not in listings
  std::string upload;           // id of the multipart upload that made it; empty: none did
};

// Opens the envelope of an object that has one. What it fails with, opening the object fails with.
using EnvelopeOpener = std::function<Result<crypto::SecretKey>(const ObjectInfo& object)>;

// Who asked for a change, as the record of its event tells it. `principal`: the account's id (its root), "AWS:" and the unique id of a user or a role's session, a service's name, or
// "anonymous". `trace`: the work that this is part of, which events carry on (base/trace/trace_cause.h); empty: not told.
struct Requester {
  std::string request_id = {}, source_ip = {}, principal = {}, trace = {};
};
// For what the store, and S3's lifecycle, does by itself: as S3 tells it.
inline Requester s3_itself() { return {.source_ip = "s3.amazonaws.com", .principal = "s3.amazonaws.com"}; }

// What a reader wants of one object's bytes: [offset, offset + length).
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual const ObjectInfo& info() const = 0;
  // Reads up to into.size() bytes at `offset` of the plaintext; 0 at the end. kCorrupt where a chunk fails its tag.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
};

// All of it; who calls has looked at its size. kCorrupt where it is shorter than its index says.
inline Result<Bytes> read_whole(ObjectReader& object) {
  Bytes bytes(object.info().size);
  for (std::size_t at = 0; at < bytes.size();) {
    EYRIE_TRY(const std::size_t got, object.read_at(at, std::span(bytes).subspan(at)));
    if (got == 0) return fail(Code::kCorrupt, "object is shorter than its index says");
    at += got;
  }
  return bytes;
}

struct PutConditions {
  bool if_none_match = false;             // fail where the key exists
  std::optional<std::string> if_match;    // fail unless the key's etag is this
};

// What a new object is, given when its bytes are all written.
struct PutCommit {
  std::string content_type;
  StringMap metadata, headers, tags, checksums;
  std::vector<PartInfo> parts = {};
  PutConditions conditions;
  std::string etag;  // empty: hex MD5 of the content
  std::string event_name = "ObjectCreated:Put";  // S3 event name without the "s3:"
  Requester by = {};
  std::string storage_class = "STANDARD";
  // Of a multipart upload, which makes an object once: kAlreadyExists where the key's object was made by it, whatever the conditions say.
  std::string upload = {};
  // Key of an object of the same bucket without which this one is not made: kNotFound. Empty: none is needed.
  std::string beside = {};
};

// One upload in progress. Destroying it before commit() removes what was written.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual Status write(ByteView piece) = 0;
  // Hex MD5 of all written so far.
  virtual std::string md5_hex() = 0;
  virtual std::uint64_t size() const = 0;
  virtual Result<ObjectInfo> commit(const PutCommit& commit) = 0;
};

struct ListQuery {
  std::string bucket;
  std::string prefix;
  std::string delimiter;
  std::string start_after;       // keys (and common prefixes) strictly after this
  std::size_t max_keys = 1000;
};
struct ListPage {
  std::vector<ObjectInfo> objects;           // in UTF-8 byte order of keys
  std::vector<std::string> common_prefixes;  // in order
  bool truncated = false;
  std::string next;                          // start_after of the next page
};

enum class RestoreOutcome { kStarted, kExtended };

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // kAlreadyExists. The settings are as set_bucket_setting() takes them; the bucket comes with all of them or not at all.
  virtual Status create_bucket(const std::string& name, const StringMap& settings = {}) = 0;
  virtual Result<Bucket> bucket(const std::string& name) = 0;
  virtual Result<std::vector<Bucket>> buckets() = 0;               // by name
  virtual Status delete_bucket(const std::string& name) = 0;       // kFailedPrecondition: not empty

  // What a bucket's owner has set ("cors", "lifecycle", ...), as text that whoever sets it understands; nullopt: nothing.
  // Goes with the bucket.
  virtual Result<std::optional<std::string>> bucket_setting(const std::string& bucket, const std::string& name) = 0;
  virtual Status set_bucket_setting(const std::string& bucket, const std::string& name,
                                    const std::optional<std::string>& value) = 0;

  // What the bucket's events go to. Durable; setting replaces them all.
  virtual Status set_rules(const std::string& bucket, const std::vector<NotificationRule>& rules) = 0;
  virtual Result<std::vector<NotificationRule>> rules(const std::string& bucket) = 0;

  // With a key given the object is encrypted under it. Without an envelope it is a customer's, and open() needs it again:
  // kInvalidArgument where one is needed and not given or the other way round, kPermissionDenied where it is another. With an
  // envelope it is the one therein; the envelope is kept beside the object, and open() has `opener` open it: kPermissionDenied
  // where there is none. An archived object without a copy: kFailedPrecondition, the message begins with "archived" and its class.
  virtual Result<std::unique_ptr<ObjectWriter>> begin_put(const std::string& bucket, const std::string& key,
                                                          const crypto::SecretKey* given_key = nullptr,
                                                          const KmsEnvelope* envelope = nullptr) = 0;
  virtual Result<std::unique_ptr<ObjectReader>> open(const std::string& bucket, const std::string& key,
                                                     const crypto::SecretKey* customer_key = nullptr,
                                                     const EnvelopeOpener& opener = {}) = 0;
  virtual Result<ObjectInfo> head(const std::string& bucket, const std::string& key) = 0;
  // Deleting what is not there is success, as in S3; false says so.
  virtual Result<bool> remove(const std::string& bucket, const std::string& key, const Requester& by = {}) = 0;
  // The same as long as it is still the version with this sequencer; the event is named `event_name`.
  virtual Result<bool> remove_version(const std::string& bucket, const std::string& key, const std::string& sequencer,
                                      const std::string& event_name, const Requester& by = {}) = 0;
  virtual Result<ListPage> list(const ListQuery& query) = 0;

  // Replaces the tags of the object as long as it is still the version with this sequencer (any, where empty).
  virtual Status set_tags(const std::string& bucket, const std::string& key, const std::string& sequencer,
                          const StringMap& tags, const Requester& by = {}) = 0;
  // Takes them away, which is another event than setting none.
  virtual Status delete_tags(const std::string& bucket, const std::string& key, const Requester& by = {}) = 0;

  // Moves the version with this sequencer to another class (kFailedPrecondition where it was overwritten). Into an archived
  // one its bytes go to the cold folder, compressed where that gains; that takes as long as it takes.
  virtual Status set_storage_class(const std::string& bucket, const std::string& key, const std::string& sequencer,
                                   const std::string& storage_class) = 0;
  // Asks for a copy of an archived object until then, or prolongs the one that is there. kAlreadyExists: one is being made.
  // kInvalidArgument: the object is not archived.
  virtual Result<RestoreOutcome> restore(const std::string& bucket, const std::string& key, std::int64_t until_ms,
                                         const Requester& by = {}) = 0;
  // Whether restores were asked for, or archived objects put, since work_on_archive() was last called.
  virtual bool has_archive_work() const = 0;
  // Moves what waits for the cold folder, makes the copies that were asked for, removes those whose time is over. From one
  // thread at a time, which is also the only one to call set_storage_class().
  virtual Status work_on_archive(const std::function<bool()>& stop) = 0;
};

}  // namespace eyrie::store
