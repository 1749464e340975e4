#include "kms/local_keys.h"

#include <algorithm>

#include "aws/account.h"
#include "base/ids.h"
#include "base/log.h"

namespace eyrie::kms {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::string_view kAliasPrefix = "alias/";
constexpr std::string_view kAliasOfAws = "alias/aws/";
constexpr std::size_t kMaxAliasName = 256, kMaxAliases = 50, kMaxKeys = 100'000;

std::unexpected<Failure> refuse(Problem problem, std::string message) {
  return std::unexpected(Failure{problem, std::move(message)});
}

std::unexpected<Failure> no_such_key(const std::string& id) {
  return refuse(Problem::kNotFound, "Key '" + aws::regional_arn("kms", "key/" + id) + "' does not exist");
}

Outcome<void> check_alias_name(const std::string& name) {
  const bool sound = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view(":/_-").contains(c);
  });
  if (!name.starts_with(kAliasPrefix) || name.size() == kAliasPrefix.size() || name.size() > kMaxAliasName || !sound)
    return refuse(Problem::kInvalidAliasName, "Alias must start with the prefix \"alias/\". Please see "
                                              "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
  if (name.starts_with(kAliasOfAws))
    return refuse(Problem::kInvalidAliasName, "Aliases that begin with alias/aws/ are reserved for AWS.");
  return {};
}

}  // namespace

std::string Key::arn() const {
  return aws::regional_arn("kms", "key/" + id);
}

std::string Alias::arn() const {
  return aws::regional_arn("kms", name);
}

// --- finding ---

Outcome<std::string> LocalKeys::id_of(const std::string& key, Names names) const {
  const std::string prefix = aws::regional_arn("kms", "");
  std::string name = key;
  if (key.starts_with("arn:")) {
    if (!key.starts_with(prefix)) return refuse(Problem::kNotFound, "Invalid arn " + key);
    name = key.substr(prefix.size());
    if (name.starts_with("key/")) {
      name.erase(0, 4);
    } else if (!name.starts_with(kAliasPrefix)) {
      return refuse(Problem::kNotFound, "Invalid arn " + key);
    }
  }
  if (!name.starts_with(kAliasPrefix)) {
    if (!is_uuid(name)) return refuse(Problem::kNotFound, "Invalid keyId '" + name + "'");
    return name;
  }
  if (names == Names::kKeyItself) return refuse(Problem::kNotFound, "Invalid keyId '" + name + "'");
  const auto alias = aliases_.find(name);
  if (alias == aliases_.end())
    return refuse(Problem::kNotFound, "Alias " + aws::regional_arn("kms", name) + " is not found.");
  return alias->second.key_id;
}

Outcome<Key> LocalKeys::copy_of(const std::string& key, Names names) const {
  EYRIE_TRY(const std::string id, id_of(key, names));
  const auto found = keys_.find(id);
  if (found == keys_.end()) return no_such_key(id);
  return found->second;
}

Outcome<Key> LocalKeys::changeable(const std::string& key) const {
  EYRIE_TRY(Key found, copy_of(key, Names::kKeyItself));
  if (found.of_aws) return refuse(Problem::kInvalidState, found.arn() + " is managed by AWS and cannot be changed.");
  if (found.state == KeyState::kPendingDeletion) return refuse(Problem::kInvalidState, found.arn() + " is pending deletion.");
  return found;
}

Outcome<Key> LocalKeys::usable(const std::string& key) {
  EYRIE_TRY(Key found, describe(key));
  if (found.state == KeyState::kPendingDeletion) return refuse(Problem::kInvalidState, found.arn() + " is pending deletion.");
  if (found.state == KeyState::kDisabled) return refuse(Problem::kDisabled, found.arn() + " is disabled.");
  if (found.rotation_days == 0 || clock_.now_ms() < found.next_rotation_ms) return found;
  rotate_if_due(found.id);
  return describe(key);
}

Outcome<KeyName> LocalKeys::find(const std::string& key) {
  EYRIE_TRY(const Key found, describe(key));
  return KeyName{.arn = found.arn(), .of_aws = found.of_aws};
}

Outcome<Key> LocalKeys::describe(const std::string& key) {
  delete_what_is_due();
  if (key.starts_with(kAliasOfAws)) EYRIE_CHECK_OK(make_key_of_aws(key));
  const std::shared_lock lock(mutex_);
  return copy_of(key, Names::kAny);
}

Outcome<Key> LocalKeys::key_itself(const std::string& key) {
  delete_what_is_due();
  const std::shared_lock lock(mutex_);
  return copy_of(key, Names::kKeyItself);
}

std::vector<Key> LocalKeys::keys() {
  delete_what_is_due();
  const std::shared_lock lock(mutex_);
  std::vector<Key> found;
  for (const auto& [id, key] : keys_) found.push_back(key);
  return found;
}

std::vector<Alias> LocalKeys::aliases() {
  delete_what_is_due();
  const std::shared_lock lock(mutex_);
  std::vector<Alias> found;
  for (const auto& [name, alias] : aliases_) found.push_back(alias);
  return found;
}

// --- use ---

Outcome<Encrypted> LocalKeys::encrypt(const std::string& key, ByteView plaintext, const EncryptionContext& context) {
  EYRIE_TRY(const Key found, usable(key));
  const CiphertextHead head{.key_id = found.id, .version = static_cast<std::uint32_t>(found.versions.size() - 1)};
  return Encrypted{.key_arn = found.arn(), .ciphertext = seal(found.versions.back().material, head, plaintext, context)};
}

Outcome<Decrypted> LocalKeys::decrypt(ByteView ciphertext, const EncryptionContext& context,
                                      const std::optional<std::string>& key) {
  const auto head = read_head(ciphertext);
  if (!head) return refuse(Problem::kInvalidCiphertext, "");
  const auto found = usable(key.value_or(head->key_id));
  // Whether a key was ever there is not told by what may be made up.
  if (!found && !key && found.error().problem == Problem::kNotFound) return refuse(Problem::kInvalidCiphertext, "");
  if (!found) return std::unexpected(found.error());
  if (key && found->id != head->key_id) {
    return refuse(Problem::kIncorrectKey, "The key ID in the request does not identify a CMK that can perform this operation.");
  }
  if (head->version >= found->versions.size()) return refuse(Problem::kInvalidCiphertext, "");
  auto plain = unseal(found->versions[head->version].material, ciphertext, context);
  if (!plain) return refuse(Problem::kInvalidCiphertext, "");
  return Decrypted{.key_arn = found->arn(), .plaintext = std::move(*plain)};
}

Outcome<DataKey> LocalKeys::generate_data_key(const std::string& key, const EncryptionContext& context, std::size_t bytes) {
  DataKey made{.key_arn = {}, .plaintext = Bytes(bytes), .ciphertext = {}};
  fill_random(made.plaintext);
  EYRIE_TRY(Encrypted encrypted, encrypt(key, made.plaintext, context));
  made.key_arn = std::move(encrypted.key_arn);
  made.ciphertext = std::move(encrypted.ciphertext);
  return made;
}

// --- changes ---

Outcome<void> LocalKeys::apply(const std::vector<store::RecordChange>& changes) {
  const Status done = records_.apply(changes);
  if (done) return {};
  log_error("keys cannot be kept", {{"error", done.error().message}});
  return refuse(Problem::kInternal, "The request could not be kept.");
}

Outcome<void> LocalKeys::save(const Key& key) {
  EYRIE_CHECK_OK(apply({record_of(key)}));
  const std::unique_lock lock(mutex_);
  keys_[key.id] = key;
  note_deletion(key);
  return {};
}

Outcome<void> LocalKeys::save(const Alias& alias) {
  EYRIE_CHECK_OK(apply({record_of(alias)}));
  const std::unique_lock lock(mutex_);
  aliases_[alias.name] = alias;
  return {};
}

Outcome<Key> LocalKeys::create_key(const std::string& description, Tags tags) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  if (keys_.size() >= kMaxKeys) return refuse(Problem::kLimitExceeded, "You have reached the limit of KMS keys.");
  if (tags.size() > kMaxTags) return refuse(Problem::kLimitExceeded, "A key has at most 50 tags.");
  const std::int64_t now = clock_.now_ms();
  const Key key{.id = uuid_v4(),
                .description = description,
                .created_ms = now,
                .tags = std::move(tags),
                .versions = {{.material = crypto::SecretKey::random(), .created_ms = now}}};
  EYRIE_CHECK_OK(save(key));
  return key;
}

Outcome<void> LocalKeys::make_key_of_aws(const std::string& alias) {
  {
    const std::shared_lock lock(mutex_);
    if (aliases_.contains(alias)) return {};
  }
  // Services that Eyrie has; any other name is just not there.
  if (alias != "alias/aws/s3" && alias != "alias/aws/dynamodb") return {};
  const std::lock_guard writing(writing_);
  if (aliases_.contains(alias)) return {};
  const std::int64_t now = clock_.now_ms();
  constexpr int kYearly = 365;
  const Key key{.id = uuid_v4(),
                .description = "Default key that protects data of " + alias.substr(kAliasOfAws.size()) +
                               " when no other key is defined",
                .created_ms = now,
                .of_aws = true,
                .rotation_days = kYearly,
                .next_rotation_ms = now + kYearly * kDayMs,
                .versions = {{.material = crypto::SecretKey::random(), .created_ms = now}}};
  const Alias named{.name = alias, .key_id = key.id, .created_ms = now, .updated_ms = now};
  EYRIE_CHECK_OK(apply({record_of(key), record_of(named)}));
  const std::unique_lock lock(mutex_);
  keys_[key.id] = key;
  aliases_[alias] = named;
  return {};
}

Outcome<void> LocalKeys::set_enabled(const std::string& key, bool enabled) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, changeable(key));
  changed.state = enabled ? KeyState::kEnabled : KeyState::kDisabled;
  return save(changed);
}

Outcome<void> LocalKeys::set_description(const std::string& key, const std::string& description) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, changeable(key));
  changed.description = description;
  return save(changed);
}

Outcome<void> LocalKeys::change_tags(const std::string& key, const Tags& set, const std::vector<std::string>& removed) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, changeable(key));
  for (const auto& [name, value] : set) changed.tags[name] = value;
  for (const std::string& name : removed) changed.tags.erase(name);
  if (changed.tags.size() > kMaxTags) return refuse(Problem::kLimitExceeded, "A key has at most 50 tags.");
  return save(changed);
}

Outcome<Key> LocalKeys::schedule_deletion(const std::string& key, int days) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, changeable(key));
  changed.state = KeyState::kPendingDeletion;
  changed.deletion_ms = clock_.now_ms() + days * kDayMs;
  EYRIE_CHECK_OK(save(changed));
  return changed;
}

Outcome<Key> LocalKeys::cancel_deletion(const std::string& key) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, copy_of(key, Names::kKeyItself));
  if (changed.state != KeyState::kPendingDeletion)
    return refuse(Problem::kInvalidState, changed.arn() + " is not pending deletion.");
  changed.state = KeyState::kDisabled;
  changed.deletion_ms = 0;
  EYRIE_CHECK_OK(save(changed));
  return changed;
}

Outcome<void> LocalKeys::enable_rotation(const std::string& key, int days) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, changeable(key));
  if (changed.state == KeyState::kDisabled) return refuse(Problem::kDisabled, changed.arn() + " is disabled.");
  if (changed.rotation_days == days) return {};
  changed.rotation_days = days;
  changed.next_rotation_ms = clock_.now_ms() + days * kDayMs;
  return save(changed);
}

Outcome<void> LocalKeys::disable_rotation(const std::string& key) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, changeable(key));
  if (changed.state == KeyState::kDisabled) return refuse(Problem::kDisabled, changed.arn() + " is disabled.");
  changed.rotation_days = 0;
  changed.next_rotation_ms = 0;
  return save(changed);
}

Outcome<Key> LocalKeys::rotate_now(const std::string& key) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key changed, changeable(key));
  if (changed.state == KeyState::kDisabled) return refuse(Problem::kDisabled, changed.arn() + " is disabled.");
  const auto before = std::ranges::count_if(changed.versions, &KeyVersion::on_demand);
  if (static_cast<std::size_t>(before) >= kMaxOnDemandRotations)
    return refuse(Problem::kLimitExceeded, "The maximum number of on-demand rotations of " + changed.arn() + " is reached.");
  changed.versions.push_back({.material = crypto::SecretKey::random(), .created_ms = clock_.now_ms(), .on_demand = true});
  EYRIE_CHECK_OK(save(changed));
  return changed;
}

void LocalKeys::rotate_if_due(const std::string& id) {
  const std::lock_guard writing(writing_);
  const auto found = keys_.find(id);
  const std::int64_t now = clock_.now_ms();
  if (found == keys_.end() || found->second.rotation_days == 0 || now < found->second.next_rotation_ms) return;
  Key changed = found->second;
  changed.versions.push_back({.material = crypto::SecretKey::random(), .created_ms = now});
  const std::int64_t period = changed.rotation_days * kDayMs;
  while (changed.next_rotation_ms <= now) changed.next_rotation_ms += period;
  // Where it cannot be written the older material serves on, and the next use tries again.
  (void)save(changed);
}

void LocalKeys::note_deletion(const Key& key) {
  if (key.state == KeyState::kPendingDeletion && key.deletion_ms < next_deletion_ms_) next_deletion_ms_ = key.deletion_ms;
}

void LocalKeys::delete_what_is_due() {
  const std::int64_t now = clock_.now_ms();
  if (now < next_deletion_ms_) return;
  auto due = [now](const Key& key) { return key.state == KeyState::kPendingDeletion && key.deletion_ms <= now; };
  const std::lock_guard writing(writing_);
  std::vector<std::string> ids, names;
  std::vector<store::RecordChange> changes;
  for (const auto& [id, key] : keys_) {
    if (!due(key)) continue;
    ids.push_back(id);
    changes.push_back({.kind = "kms.key", .name = id, .value = std::nullopt});
  }
  for (const auto& [name, alias] : aliases_) {
    if (std::ranges::find(ids, alias.key_id) == ids.end()) continue;
    names.push_back(name);
    changes.push_back({.kind = "kms.alias", .name = name, .value = std::nullopt});
  }
  // Tried again with the next call where it fails; until then the keys are pending deletion and serve nobody.
  if (!ids.empty() && !apply(changes)) return;
  const std::unique_lock lock(mutex_);
  for (const std::string& id : ids) keys_.erase(id);
  for (const std::string& name : names) aliases_.erase(name);
  next_deletion_ms_ = std::numeric_limits<std::int64_t>::max();
  for (const auto& [id, key] : keys_) note_deletion(key);
}

// --- aliases ---

Outcome<void> LocalKeys::create_alias(const std::string& name, const std::string& key) {
  delete_what_is_due();
  EYRIE_CHECK_OK(check_alias_name(name));
  const std::lock_guard writing(writing_);
  EYRIE_TRY(const Key target, changeable(key));
  if (aliases_.contains(name)) {
    return refuse(Problem::kAlreadyExists,
                  "An alias with the name " + aws::regional_arn("kms", name) + " already exists");
  }
  const auto of_key = std::ranges::count_if(aliases_, [&](const auto& entry) { return entry.second.key_id == target.id; });
  if (static_cast<std::size_t>(of_key) >= kMaxAliases)
    return refuse(Problem::kLimitExceeded, "A key has at most " + std::to_string(kMaxAliases) + " aliases.");
  const std::int64_t now = clock_.now_ms();
  return save(Alias{.name = name, .key_id = target.id, .created_ms = now, .updated_ms = now});
}

Outcome<void> LocalKeys::update_alias(const std::string& name, const std::string& key) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  const auto found = aliases_.find(name);
  if (found == aliases_.end() || name.starts_with(kAliasOfAws))
    return refuse(Problem::kNotFound, "Alias " + aws::regional_arn("kms", name) + " is not found.");
  EYRIE_TRY(const Key target, changeable(key));
  Alias changed = found->second;
  changed.key_id = target.id;
  changed.updated_ms = clock_.now_ms();
  return save(changed);
}

Outcome<void> LocalKeys::delete_alias(const std::string& name) {
  delete_what_is_due();
  const std::lock_guard writing(writing_);
  if (!aliases_.contains(name) || name.starts_with(kAliasOfAws))
    return refuse(Problem::kNotFound, "Alias " + aws::regional_arn("kms", name) + " is not found.");
  EYRIE_CHECK_OK(apply({{.kind = "kms.alias", .name = name, .value = std::nullopt}}));
  const std::unique_lock lock(mutex_);
  aliases_.erase(name);
  return {};
}

}  // namespace eyrie::kms
