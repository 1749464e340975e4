// The users of the console. What is done to a user shows in the audit log by the user's id.
#include "api/console/operations.h"
#include "base/time/clock.h"
#include "iam/console/password_rules.h"

namespace eyrie::api::console {
namespace {

using iam::console::ConsoleUser;
using iam::console::ConsoleUsers;
using iam::console::Role;

Outcome<Role> role_named(const std::string& name) {
  if (const auto role = iam::console::role_of(name)) return *role;
  return refused(Code::kInvalidArgument, "A role is admin, analyst or uploader.");
}

// After a change that has ended the sessions of `user`: they go from the disk too, and who has changed themselves goes on with a new one.
Outcome<Answer> after_ended_sessions(const Call& call, const ConsoleUser& user) {
  EYRIE_CHECK_OK(told(call.backend.sessions.end_of_user(user.id)));
  if (user.id != call.visitor->user.id) return Answer{.body = user_json(user)};
  if (user.disabled) return Answer{.body = user_json(user), .new_token = ""};
  EYRIE_TRY(const auto again, told(call.backend.sign_in.again(user, call.from())));
  const std::int64_t ends = call.backend.sessions.ends_ms(again.visitor.session);
  return Answer{.body = session_json(again.visitor, again.token, ends), .new_token = again.token};
}

}  // namespace

json::object user_json(const ConsoleUser& user) {
  json::object object{{"id", user.id},
                      {"name", user.name},
                      {"email", user.email},
                      {"phone", user.phone},
                      {"role", iam::console::role_name(user.role)},
                      {"disabled", user.disabled}};
  object["registered"] = user.registered_ms == 0 ? json::value() : json::value(format_iso8601(user.registered_ms));
  return object;
}

Outcome<Answer> list_users(const Call& call) {
  EYRIE_CHECK_OK(call.may("console:ListUsers", "*"));
  json::array users;
  for (const ConsoleUser& user : call.backend.users.users()) users.push_back(user_json(user));
  return Answer{.body = json::object{{"users", std::move(users)}}};
}

Outcome<Answer> create_user(const Call& call) {
  EYRIE_CHECK_OK(call.may("console:CreateUser", "*"));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"name", "email", "phone", "password", "role"})));
  ConsoleUsers::NewUser wanted;
  EYRIE_TRY(wanted.name, told(members.text("name")));
  EYRIE_TRY(const auto email, told(members.optional_text("email")));
  EYRIE_TRY(const auto phone, told(members.optional_text("phone")));
  EYRIE_TRY(const std::string password, told(members.text("password")));
  EYRIE_TRY(const std::string role, told(members.text("role")));
  EYRIE_TRY(wanted.role, role_named(role));
  wanted.email = email.value_or("");
  wanted.phone = phone.value_or("");
  EYRIE_CHECK_OK(told(iam::console::check_password(password, wanted.name, wanted.email)));
  EYRIE_CHECK_OK(told(call.backend.users.check(wanted)));
  EYRIE_TRY(wanted.password, told(call.backend.hasher.hash(password)));
  EYRIE_TRY(const ConsoleUser user, told(call.backend.users.create(wanted)));
  call.note("console:CreateUser", iam::console::user_arn(user.id));
  return Answer{.status = 201, .body = user_json(user)};
}

Outcome<Answer> get_user(const Call& call) {
  EYRIE_CHECK_OK(call.may("console:GetUser", call.id));
  EYRIE_TRY(const ConsoleUser user, told(call.backend.users.user(call.id)));
  return Answer{.body = user_json(user)};
}

Outcome<Answer> update_user(const Call& call) {
  EYRIE_CHECK_OK(call.may("console:UpdateUser", call.id));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"name", "email", "phone", "role", "disabled"})));
  ConsoleUsers::Changes changes;
  EYRIE_TRY(changes.name, told(members.optional_text("name")));
  EYRIE_TRY(changes.email, told(members.optional_text("email")));
  EYRIE_TRY(changes.phone, told(members.optional_text("phone")));
  EYRIE_TRY(changes.disabled, told(members.optional_flag("disabled")));
  EYRIE_TRY(const auto role, told(members.optional_text("role")));
  if (role) {
    EYRIE_TRY(changes.role, role_named(*role));
  }
  EYRIE_TRY(const ConsoleUser before, told(call.backend.users.user(call.id)));
  EYRIE_TRY(const ConsoleUser after, told(call.backend.users.update(call.id, changes)));
  call.note("console:UpdateUser", iam::console::user_arn(call.id));
  if (after.generation == before.generation) return Answer{.body = user_json(after)};
  return after_ended_sessions(call, after);
}

Outcome<Answer> delete_user(const Call& call) {
  EYRIE_CHECK_OK(call.may("console:DeleteUser", call.id));
  EYRIE_CHECK_OK(told(call.backend.users.remove(call.id)));
  call.note("console:DeleteUser", iam::console::user_arn(call.id));
  EYRIE_CHECK_OK(told(call.backend.sessions.end_of_user(call.id)));
  Answer answer{.status = 204, .body = nullptr};
  if (call.id == call.visitor->user.id) answer.new_token = "";
  return answer;
}

// One's own password is changed by who knows it: a session that was left open is not enough.
Outcome<Answer> set_password(const Call& call) {
  EYRIE_CHECK_OK(call.may("console:SetPassword", call.id));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"password", "current"})));
  EYRIE_TRY(const std::string password, told(members.text("password")));
  EYRIE_TRY(const ConsoleUser before, told(call.backend.users.user(call.id)));
  EYRIE_CHECK_OK(told(iam::console::check_password(password, before.name, before.email)));
  if (call.id == call.visitor->user.id) {
    EYRIE_TRY(const std::string current, told(members.text("current")));
    EYRIE_CHECK_OK(told(call.backend.sign_in.confirm(*call.visitor, current, call.from())));
  }
  EYRIE_TRY(const std::string kept, told(call.backend.hasher.hash(password)));
  EYRIE_TRY(const ConsoleUser after, told(call.backend.users.set_password(call.id, kept)));
  call.note("console:SetPassword", iam::console::user_arn(call.id));
  return after_ended_sessions(call, after);
}

}  // namespace eyrie::api::console
