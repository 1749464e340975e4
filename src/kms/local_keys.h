// KMS keys of this server: symmetric, AES-256. Their material is kept sealed under the master key (store/record_store.h: kinds kms.key,
// kms.alias) and never leaves; every change is on disk when it returns.
//
// Rotation adds a version of the material: the newest encrypts, every one decrypts what it encrypted. What falls due with time
// (rotation each period, deletion after the waiting period) happens with the next call, by the clock given.
// Keys of AWS's own ("alias/aws/s3") are made when they are first used; nobody can change or delete them.
// Source: AWS KMS developer guide; AWS service description `kms`, 2014-11-01. Thread safety: all of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/time/clock.h"
#include "base/result.h"
#include "crypto/secret.h"
#include "kms/ciphertext.h"
#include "kms/key_service.h"
#include "store/record_store.h"

namespace eyrie::kms {

enum class KeyState { kEnabled, kDisabled, kPendingDeletion };

struct KeyVersion {
  crypto::SecretKey material;
  std::int64_t created_ms = 0;
  bool on_demand = false;
};

struct Key {
  std::string id;  // UUID
  std::string description;
  std::int64_t created_ms = 0;
  KeyState state = KeyState::kEnabled;
  std::int64_t deletion_ms = 0;  // while pending
  bool of_aws = false;
  int rotation_days = 0;              // 0: not rotated by time
  std::int64_t next_rotation_ms = 0;  // where it is
  std::map<std::string, std::string> tags = {};
  std::vector<KeyVersion> versions = {};  // oldest first; never empty

  std::string arn() const;
};

struct Alias {
  std::string name;  // "alias/..."
  std::string key_id;
  std::int64_t created_ms = 0, updated_ms = 0;

  std::string arn() const;
};

class LocalKeys final : public KeyService {
 public:
  static constexpr std::size_t kMaxOnDemandRotations = 25;  // of one key, as of KMS

  // Both must outlive it.
  static Result<std::unique_ptr<LocalKeys>> open(store::RecordStore& records, const Clock& clock = Clock::system());

  Outcome<KeyName> find(const std::string& key) override;
  Outcome<Encrypted> encrypt(const std::string& key, ByteView plaintext, const EncryptionContext& context) override;
  Outcome<Decrypted> decrypt(ByteView ciphertext, const EncryptionContext& context,
                             const std::optional<std::string>& key = std::nullopt) override;
  Outcome<DataKey> generate_data_key(const std::string& key, const EncryptionContext& context, std::size_t bytes = 32) override;

  // --- management. Those that change a key take no alias. ---
  using Tags = std::map<std::string, std::string>;
  Outcome<Key> create_key(const std::string& description, Tags tags = {});
  Outcome<Key> describe(const std::string& key);
  std::vector<Key> keys();  // by id
  // The key that a change of it, or a question about its rotation, may name: by id or ARN.
  Outcome<Key> key_itself(const std::string& key);
  Outcome<void> set_enabled(const std::string& key, bool enabled);
  Outcome<void> set_description(const std::string& key, const std::string& description);
  // Sets the tags of `set` and removes those called as in `removed`. kLimitExceeded where the key would have more than kMaxTags.
  static constexpr std::size_t kMaxTags = 50;
  Outcome<void> change_tags(const std::string& key, const Tags& set, const std::vector<std::string>& removed);
  Outcome<Key> schedule_deletion(const std::string& key, int days);
  Outcome<Key> cancel_deletion(const std::string& key);
  Outcome<void> enable_rotation(const std::string& key, int days);
  Outcome<void> disable_rotation(const std::string& key);
  Outcome<Key> rotate_now(const std::string& key);

  Outcome<void> create_alias(const std::string& name, const std::string& key);
  Outcome<void> update_alias(const std::string& name, const std::string& key);
  Outcome<void> delete_alias(const std::string& name);
  std::vector<Alias> aliases();  // by name

 private:
  LocalKeys(store::RecordStore& records, const Clock& clock) : records_(records), clock_(clock) {}
  Status load();

  enum class Names { kAny, kKeyItself };
  // The key's id, whether it is there or not.
  Outcome<std::string> id_of(const std::string& key, Names names) const;
  Outcome<Key> copy_of(const std::string& key, Names names) const;
  Outcome<Key> changeable(const std::string& key) const;  // not AWS's, not to be deleted
  Outcome<Key> usable(const std::string& key);            // enabled, its rotation up to date
  Outcome<void> make_key_of_aws(const std::string& alias);
  Outcome<void> save(const Key& key);
  Outcome<void> save(const Alias& alias);
  Outcome<void> apply(const std::vector<store::RecordChange>& changes);
  void delete_what_is_due();
  void note_deletion(const Key& key);  // mutex_ is held, or nobody else is there yet
  void rotate_if_due(const std::string& id);
  static store::RecordChange record_of(const Key& key);
  static store::RecordChange record_of(const Alias& alias);

  store::RecordStore& records_;
  const Clock& clock_;
  std::mutex writing_;               // one change at a time; taken before mutex_
  mutable std::shared_mutex mutex_;  // guards what follows; who holds writing_ may read without it
  std::map<std::string, Key> keys_;       // by id
  std::map<std::string, Alias> aliases_;  // by name
  // No key is due before; written under mutex_. A deletion that was cancelled leaves it too early, which costs one look at all keys.
  std::atomic<std::int64_t> next_deletion_ms_{std::numeric_limits<std::int64_t>::max()};
};

}  // namespace eyrie::kms
