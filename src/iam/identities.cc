#include "iam/identities.h"

#include <algorithm>
#include <tuple>

#include "base/encoding.h"
#include "base/log.h"
#include "iam/key_material.h"
#include "iam/names.h"

namespace eyrie::iam {
namespace {

constexpr std::size_t kMaxUsers = 5000, kMaxPolicies = 1500, kMaxKeys = 2, kMaxAttached = 10;
constexpr std::int64_t kUseWrittenEveryMs = 3'600'000;
constexpr std::int64_t kUseNotedEveryMs = 1'000;

std::unexpected<Error> no_such_user(const std::string& name) {
  return fail(Code::kNotFound, "The user with name " + name + " cannot be found.");
}
std::unexpected<Error> no_such_key(const std::string& id) {
  return fail(Code::kNotFound, "The Access Key with id " + id + " cannot be found.");
}
std::unexpected<Error> no_such_policy(const std::string& arn) {
  return fail(Code::kNotFound, "Policy " + arn + " was not found.");
}
std::unexpected<Error> over_quota(std::string_view quota, std::size_t most) {
  return fail(Code::kTooLarge, "Cannot exceed quota for " + std::string(quota) + ": " + std::to_string(most));
}

template <typename Map>
bool has_ignoring_case(const Map& map, const std::string& name) {
  const std::string lower = lower_case(name);
  return std::ranges::any_of(map, [&](const auto& entry) { return lower_case(entry.first) == lower; });
}

}  // namespace

// --- users ---

const User* Identities::find_user(const std::string& name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : &found->second;
}

Result<User> Identities::copy_of(const std::string& name) const {
  const User* user = find_user(name);
  if (user == nullptr) return no_such_user(name);
  return *user;
}

Status Identities::save(const User& user) {
  EYRIE_CHECK_OK(records_.apply({record_of(user)}));
  const std::unique_lock lock(mutex_);
  users_[user.name] = user;
  return {};
}

Result<User> Identities::create_user(const std::string& name, const std::string& path) {
  EYRIE_CHECK_OK(check_name("userName", name, kMaxUserName));
  EYRIE_CHECK_OK(check_path(path));
  const std::lock_guard writing(writing_);
  if (has_ignoring_case(users_, name)) return fail(Code::kAlreadyExists, "User with name " + name + " already exists.");
  if (users_.size() >= kMaxUsers) return over_quota("UsersPerAccount", kMaxUsers);
  const User user{.name = name, .id = make_id("AIDA", 17), .path = path, .created_ms = clock_.now_ms()};
  EYRIE_CHECK_OK(save(user));
  return user;
}

Result<User> Identities::user(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  return copy_of(name);
}

Result<User> Identities::user_of_id(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = std::ranges::find(users_, id, [](const auto& entry) { return entry.second.id; });
  return found != users_.end() ? Result<User>(found->second) : fail(Code::kNotFound, "The user with id " + id + " cannot be found.");
}

std::vector<User> Identities::users() const {
  const std::shared_lock lock(mutex_);
  std::vector<User> found;
  for (const auto& [name, user] : users_) found.push_back(user);
  return found;
}

Status Identities::update_user(const std::string& name, const std::optional<std::string>& new_name,
                               const std::optional<std::string>& new_path) {
  if (new_name) EYRIE_CHECK_OK(check_name("newUserName", *new_name, kMaxUserName));
  if (new_path) EYRIE_CHECK_OK(check_path(*new_path));
  const std::lock_guard writing(writing_);
  EYRIE_TRY(User user, copy_of(name));
  user.name = new_name.value_or(name);
  user.path = new_path.value_or(user.path);
  if (lower_case(user.name) != lower_case(name) && has_ignoring_case(users_, user.name))
    return fail(Code::kAlreadyExists, "User with name " + user.name + " already exists.");
  std::vector<Key> keys;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, key] : keys_) {
      if (key.told.user == name) keys.push_back(key);
    }
  }
  std::vector<store::RecordChange> changes{{.kind = "iam.user", .name = name, .value = std::nullopt}, record_of(user)};
  for (Key& key : keys) {
    key.told.user = user.name;
    changes.push_back(record_of(key));
  }
  EYRIE_CHECK_OK(records_.apply(changes));
  const std::unique_lock lock(mutex_);
  users_.erase(name);
  users_[user.name] = user;
  for (const Key& key : keys) keys_[key.told.id].told.user = user.name;
  return {};
}

Status Identities::delete_user(const std::string& name) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(const User user, copy_of(name));
  auto conflict = [](const char* what) {
    return fail(Code::kFailedPrecondition, "Cannot delete entity, must " + std::string(what) + " first.");
  };
  if (!user.attached.empty()) return conflict("detach all policies");
  if (!user.policies.empty()) return conflict("delete policies");
  if (std::ranges::any_of(keys_, [&](const auto& entry) { return entry.second.told.user == name; }))
    return conflict("delete access keys");
  EYRIE_CHECK_OK(records_.apply({{.kind = "iam.user", .name = name, .value = std::nullopt}}));
  const std::unique_lock lock(mutex_);
  users_.erase(name);
  return {};
}

// --- access keys ---

Result<Identities::Key> Identities::key_of(const std::string& user, const std::string& id) const {
  if (find_user(user) == nullptr) return no_such_user(user);
  const std::shared_lock lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end() || found->second.told.user != user) return no_such_key(id);
  return found->second;
}

Result<Identities::NewKey> Identities::create_key(const std::string& user) {
  const std::lock_guard writing(writing_);
  if (find_user(user) == nullptr) return no_such_user(user);
  const auto owned = std::ranges::count_if(keys_, [&](const auto& entry) { return entry.second.told.user == user; });
  if (static_cast<std::size_t>(owned) >= kMaxKeys) return over_quota("AccessKeysPerUser", kMaxKeys);
  const Key key{.told = {.id = make_id("AKIA", 16), .user = user, .created_ms = clock_.now_ms()}, .secret = make_secret()};
  EYRIE_CHECK_OK(records_.apply({record_of(key)}));
  const std::unique_lock lock(mutex_);
  keys_[key.told.id] = key;
  return NewKey{.key = key.told, .secret = key.secret};
}

Result<std::vector<UserKey>> Identities::keys(const std::string& user) const {
  const std::shared_lock lock(mutex_);
  if (find_user(user) == nullptr) return no_such_user(user);
  std::vector<UserKey> found;
  for (const auto& [id, key] : keys_) {
    if (key.told.user == user) found.push_back(key.told);
  }
  std::ranges::sort(found, {}, [](const UserKey& key) { return std::tie(key.created_ms, key.id); });
  return found;
}

Result<UserKey> Identities::key(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end()) return no_such_key(id);
  return found->second.told;
}

Status Identities::set_key_active(const std::string& user, const std::string& id, bool active) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Key key, key_of(user, id));
  key.told.active = active;
  EYRIE_CHECK_OK(records_.apply({record_of(key)}));
  const std::unique_lock lock(mutex_);
  keys_[id].told.active = active;
  return {};
}

Status Identities::delete_key(const std::string& user, const std::string& id) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(const Key key, key_of(user, id));
  EYRIE_CHECK_OK(records_.apply({{.kind = "iam.key", .name = id, .value = std::nullopt}}));
  const std::unique_lock lock(mutex_);
  keys_.erase(id);
  return {};
}

// --- policies ---

const ManagedPolicy* Identities::find_policy(const std::string& arn) const {
  const auto found = policies_.find(arn.substr(arn.rfind('/') + 1));
  return found == policies_.end() || found->second.arn() != arn ? nullptr : &found->second;
}

Result<ManagedPolicy> Identities::create_policy(const std::string& name, const std::string& path,
                                                const std::string& description, PolicyPtr document) {
  EYRIE_CHECK_OK(check_name("policyName", name, kMaxPolicyName));
  EYRIE_CHECK_OK(check_path(path));
  if (document->characters() > PolicyDocument::kMaxManaged) return over_quota("PolicySize", PolicyDocument::kMaxManaged);
  const std::lock_guard writing(writing_);
  if (has_ignoring_case(policies_, name)) {
    return fail(Code::kAlreadyExists, "A policy called " + name + " already exists. Duplicate names are not allowed.");
  }
  if (policies_.size() >= kMaxPolicies) return over_quota("PoliciesPerAccount", kMaxPolicies);
  const ManagedPolicy policy{.name = name,
                             .id = make_id("ANPA", 17),
                             .path = path,
                             .description = description,
                             .created_ms = clock_.now_ms(),
                             .updated_ms = clock_.now_ms(),
                             .document = std::move(document)};
  EYRIE_CHECK_OK(records_.apply({record_of(policy)}));
  const std::unique_lock lock(mutex_);
  policies_[name] = policy;
  return policy;
}

Result<ManagedPolicy> Identities::policy(const std::string& arn) const {
  const std::shared_lock lock(mutex_);
  const ManagedPolicy* policy = find_policy(arn);
  if (policy == nullptr) return no_such_policy(arn);
  return *policy;
}

Result<ManagedPolicy> Identities::policy_named(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  const auto found = policies_.find(name);
  if (found == policies_.end()) return no_such_policy(name);
  return found->second;
}

Result<ManagedPolicy> Identities::set_policy_document(const std::string& arn, PolicyPtr document) {
  if (document->characters() > PolicyDocument::kMaxManaged) return over_quota("PolicySize", PolicyDocument::kMaxManaged);
  const std::lock_guard writing(writing_);
  const ManagedPolicy* there = find_policy(arn);
  if (there == nullptr) return no_such_policy(arn);
  ManagedPolicy changed = *there;
  changed.version += 1;
  changed.updated_ms = clock_.now_ms();
  changed.document = std::move(document);
  EYRIE_CHECK_OK(records_.apply({record_of(changed)}));
  const std::unique_lock lock(mutex_);
  policies_[changed.name] = changed;
  return changed;
}

std::vector<ManagedPolicy> Identities::policies() const {
  const std::shared_lock lock(mutex_);
  std::vector<ManagedPolicy> found;
  for (const auto& [name, policy] : policies_) found.push_back(policy);
  return found;
}

std::size_t Identities::attachments(const std::string& arn) const {
  const std::size_t others = others_ ? others_(arn) : 0;
  const std::shared_lock lock(mutex_);
  return others + static_cast<std::size_t>(
      std::ranges::count_if(users_, [&](const auto& entry) { return entry.second.attached.contains(arn); }));
}

Status Identities::delete_policy(const std::string& arn) {
  const std::lock_guard writing(writing_);
  const ManagedPolicy* policy = find_policy(arn);
  if (policy == nullptr) return no_such_policy(arn);
  if (attachments(arn) > 0) return fail(Code::kFailedPrecondition, "Cannot delete a policy attached to entities.");
  const std::string name = policy->name;
  EYRIE_CHECK_OK(records_.apply({{.kind = "iam.policy", .name = name, .value = std::nullopt}}));
  const std::unique_lock lock(mutex_);
  policies_.erase(name);
  return {};
}

Status Identities::attach(const std::string& user, const std::string& arn) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(User changed, copy_of(user));
  if (find_policy(arn) == nullptr)
    return fail(Code::kNotFound, "Policy " + arn + " does not exist or is not attachable.");
  if (!changed.attached.insert(arn).second) return {};
  if (changed.attached.size() > kMaxAttached) return over_quota("PoliciesPerUser", kMaxAttached);
  return save(changed);
}

Status Identities::detach(const std::string& user, const std::string& arn) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(User changed, copy_of(user));
  if (changed.attached.erase(arn) == 0) return no_such_policy(arn);
  return save(changed);
}

Status Identities::put_user_policy(const std::string& user, const std::string& name, PolicyPtr document) {
  EYRIE_CHECK_OK(check_name("policyName", name, kMaxPolicyName));
  const std::lock_guard writing(writing_);
  EYRIE_TRY(User changed, copy_of(user));
  changed.policies[name] = std::move(document);
  std::size_t together = 0;
  for (const auto& [unused, policy] : changed.policies) together += policy->characters();
  if (together > PolicyDocument::kMaxInline) {
    return fail(Code::kTooLarge, "Maximum policy size of " + std::to_string(PolicyDocument::kMaxInline) +
                                     " bytes exceeded for user " + user);
  }
  return save(changed);
}

Status Identities::delete_user_policy(const std::string& user, const std::string& name) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(User changed, copy_of(user));
  if (changed.policies.erase(name) == 0)
    return fail(Code::kNotFound, "The user policy with name " + name + " cannot be found.");
  return save(changed);
}

// --- for every request ---

std::optional<Identities::Credential> Identities::credential(const std::string& key_id) const {
  const std::shared_lock lock(mutex_);
  const auto key = keys_.find(key_id);
  if (key == keys_.end() || !key->second.told.active) return std::nullopt;
  const User* user = find_user(key->second.told.user);
  if (user == nullptr) return std::nullopt;
  return Credential{.secret = key->second.secret, .principal = user->principal()};
}

std::vector<PolicyPtr> Identities::policies_of(const Principal& principal) const {
  std::vector<PolicyPtr> found;
  if (principal.kind != Principal::Kind::kUser) return found;
  const std::shared_lock lock(mutex_);
  const User* user = find_user(principal.name);
  // The name may be another's by now.
  if (user == nullptr || user->id != principal.id) return found;
  for (const auto& [name, policy] : user->policies) found.push_back(policy);
  for (const std::string& arn : user->attached) {
    if (const ManagedPolicy* policy = find_policy(arn)) found.push_back(policy->document);
  }
  return found;
}

void Identities::note_use(const std::string& key_id, std::string_view service, std::string_view region) {
  const std::int64_t now = clock_.now_ms();
  {
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(key_id);
    if (found == keys_.end()) return;
    const LastUse& last = found->second.told.last_use;
    if (now - last.time_ms < kUseNotedEveryMs && last.service == service && last.region == region) return;
  }
  std::optional<Key> to_write;
  {
    const std::unique_lock lock(mutex_);
    const auto found = keys_.find(key_id);
    if (found == keys_.end()) return;
    Key& key = found->second;
    key.told.last_use = {.time_ms = now, .service = std::string(service), .region = std::string(region)};
    if (now - key.written_use_ms < kUseWrittenEveryMs) return;
    key.written_use_ms = now;
  }
  // As it is when its turn comes: it may have been changed, or be gone.
  const std::lock_guard writing(writing_);
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = keys_.find(key_id); found != keys_.end()) to_write = found->second;
  }
  if (!to_write) return;
  if (const Status written = records_.apply({record_of(*to_write)}); !written)
    log_warning("an access key's last use was not written", {{"key", key_id}, {"error", written.error().message}});
}

}  // namespace eyrie::iam
