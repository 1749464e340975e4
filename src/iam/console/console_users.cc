#include "iam/console/console_users.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "iam/names.h"
#include "store/record_json.h"

namespace eyrie::iam::console {
namespace {

constexpr std::size_t kMaxUsers = 1000, kMaxEmail = 254, kMaxPhone = 32;
constexpr std::string_view kUserKind = "console.user", kUserWhat = "console user";

std::unexpected<Error> no_such_user() {
  return fail(Code::kNotFound, "There is no such user.");
}

Status check_user_name(const std::string& name) {
  EYRIE_CHECK_OK(check_name("name", name, kMaxUserName));
  if (lower_case(name) == kOwner) return fail(Code::kInvalidArgument, "The name owner stands for who holds the one-time link.");
  return {};
}

// What people write for an address; whether mail arrives there is not for us to tell.
Status check_email(std::string_view email) {
  if (email.empty()) return {};
  const std::size_t at = email.find('@');
  const bool printable = std::ranges::all_of(email, [](char c) { return c > ' ' && c < '\x7F'; });
  if (email.size() <= kMaxEmail && printable && at != 0 && at != std::string_view::npos && at + 1 < email.size() && email.rfind('@') == at)
    return {};
  return fail(Code::kInvalidArgument, "The email address is none.");
}

Status check_phone(std::string_view phone) {
  const bool sound = std::ranges::all_of(phone, [](char c) { return (c >= '0' && c <= '9') || std::string_view("+-()./ ").contains(c); });
  if (phone.size() <= kMaxPhone && sound) return {};
  return fail(Code::kInvalidArgument, "A phone number has at most 32 digits, spaces and signs of + - ( ) . /");
}

store::RecordChange record_of(const ConsoleUser& user) {
  const json::object object{{"name", user.name},
                            {"email", user.email},
                            {"phone", user.phone},
                            {"password", user.password},
                            {"registered_ms", user.registered_ms},
                            {"role", role_name(user.role)},
                            {"disabled", user.disabled},
                            {"generation", user.generation}};
  return {.kind = std::string(kUserKind), .name = user.id, .value = write_json(object)};
}

bool rules(const ConsoleUser& user) {
  return user.role == Role::kAdmin && !user.disabled;
}

}  // namespace

Result<std::unique_ptr<ConsoleUsers>> ConsoleUsers::open(store::RecordStore& records, const Clock& clock) {
  std::unique_ptr<ConsoleUsers> users(new ConsoleUsers(records, clock));
  EYRIE_CHECK_OK(users->load());
  return users;
}

Status ConsoleUsers::load() {
  EYRIE_TRY(const auto records, records_.records(std::string(kUserKind)));
  for (const store::Record& record : records) {
    EYRIE_TRY(const json::object object, store::object_of(record, kUserWhat));
    const auto role = role_of(text_of(object, "role"));
    const json::value* disabled = object.if_contains("disabled");
    if (!role || disabled == nullptr || !disabled->is_bool()) return store::corrupt(record, kUserWhat);
    ConsoleUser& user = users_[record.name];
    user = {.id = record.name,
            .name = text_of(object, "name"),
            .email = text_of(object, "email"),
            .phone = text_of(object, "phone"),
            .password = text_of(object, "password"),
            .registered_ms = number_of(object, "registered_ms"),
            .role = *role,
            .disabled = disabled->get_bool(),
            .generation = number_of(object, "generation")};
    if (user.name.empty() || user.password.empty()) return store::corrupt(record, kUserWhat);
  }
  return {};
}

Status ConsoleUsers::save(const ConsoleUser& user) {
  EYRIE_CHECK_OK(records_.apply({record_of(user)}));
  const std::unique_lock lock(mutex_);
  users_[user.id] = user;
  return {};
}

Status ConsoleUsers::check_free(const std::string& name, const std::string& but_id) const {
  const std::string lower = lower_case(name);
  for (const auto& [id, user] : users_) {
    if (id != but_id && lower_case(user.name) == lower) return fail(Code::kAlreadyExists, "There is a user of this name.");
  }
  return {};
}

Status ConsoleUsers::check_leaves_an_admin(const ConsoleUser& before) const {
  if (!rules(before)) return {};
  const bool another = std::ranges::any_of(users_, [&](const auto& entry) { return entry.first != before.id && rules(entry.second); });
  if (another) return {};
  return fail(Code::kFailedPrecondition, "This is the last admin; make another one first.");
}

Status ConsoleUsers::check(const NewUser& user) const {
  EYRIE_CHECK_OK(check_user_name(user.name));
  EYRIE_CHECK_OK(check_email(user.email));
  EYRIE_CHECK_OK(check_phone(user.phone));
  const std::shared_lock lock(mutex_);
  if (users_.size() >= kMaxUsers) return fail(Code::kTooLarge, "There are " + std::to_string(kMaxUsers) + " users, and no more may be.");
  return check_free(user.name, "");
}

Result<ConsoleUser> ConsoleUsers::create(const NewUser& wanted) {
  const std::lock_guard writing(writing_);
  EYRIE_CHECK_OK(check(wanted));
  if (wanted.password.empty()) return fail(Code::kInvalidArgument, "A user has a password.");
  const ConsoleUser user{.id = uuid_v4(),
                         .name = wanted.name,
                         .email = wanted.email,
                         .phone = wanted.phone,
                         .password = wanted.password,
                         .registered_ms = clock_.now_ms(),
                         .role = wanted.role};
  EYRIE_CHECK_OK(save(user));
  return user;
}

Result<ConsoleUser> ConsoleUsers::user(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = users_.find(id);
  if (found == users_.end()) return no_such_user();
  return found->second;
}

Result<ConsoleUser> ConsoleUsers::named(const std::string& name) const {
  const std::string lower = lower_case(name);
  const std::shared_lock lock(mutex_);
  for (const auto& [id, user] : users_) {
    if (lower_case(user.name) == lower) return user;
  }
  return no_such_user();
}

std::vector<ConsoleUser> ConsoleUsers::users() const {
  std::vector<ConsoleUser> found;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, user] : users_) found.push_back(user);
  }
  std::ranges::sort(found, {}, [](const ConsoleUser& user) { return lower_case(user.name); });
  return found;
}

Result<ConsoleUser> ConsoleUsers::update(const std::string& id, const Changes& changes) {
  if (changes.name) EYRIE_CHECK_OK(check_user_name(*changes.name));
  if (changes.email) EYRIE_CHECK_OK(check_email(*changes.email));
  if (changes.phone) EYRIE_CHECK_OK(check_phone(*changes.phone));
  const std::lock_guard writing(writing_);
  EYRIE_TRY(const ConsoleUser before, user(id));
  ConsoleUser after = before;
  after.name = changes.name.value_or(before.name);
  after.email = changes.email.value_or(before.email);
  after.phone = changes.phone.value_or(before.phone);
  after.role = changes.role.value_or(before.role);
  after.disabled = changes.disabled.value_or(before.disabled);
  EYRIE_CHECK_OK(check_free(after.name, id));
  if (!rules(after)) EYRIE_CHECK_OK(check_leaves_an_admin(before));
  if (after.role != before.role || after.disabled != before.disabled) ++after.generation;
  EYRIE_CHECK_OK(save(after));
  return after;
}

Result<ConsoleUser> ConsoleUsers::set_password(const std::string& id, const std::string& kept) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(ConsoleUser after, user(id));
  after.password = kept;
  ++after.generation;
  EYRIE_CHECK_OK(save(after));
  return after;
}

Status ConsoleUsers::rekeep_password(const std::string& id, const std::string& before, const std::string& after) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(ConsoleUser changed, user(id));
  if (changed.password != before) return {};
  changed.password = after;
  return save(changed);
}

Status ConsoleUsers::remove(const std::string& id) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(const ConsoleUser before, user(id));
  EYRIE_CHECK_OK(check_leaves_an_admin(before));
  EYRIE_CHECK_OK(records_.apply({{.kind = std::string(kUserKind), .name = id, .value = std::nullopt}}));
  const std::unique_lock lock(mutex_);
  users_.erase(id);
  return {};
}

}  // namespace eyrie::iam::console
