// Who programs are: IAM's users with their access keys, and the root with its one key, which is shown and no more. What is asked for is what
// IAM's own API asks for, so that policies need not speak of the console.
#include "api/console/operations.h"
#include "base/time/clock.h"

namespace eyrie::api::console {
namespace {

std::string arn_of(const iam::Identities& identities, const std::string& name) {
  const auto user = identities.user(name);
  return user ? user->arn() : aws::iam_arn("user/" + name);
}

// Those of the server, where the visitor may do this to the user.
Outcome<iam::Identities*> identities_for(const Call& call, std::string_view action, const std::string& user) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on(action, arn_of(administration->identities, user)));
  return &administration->identities;
}

json::value use_json(const iam::LastUse& use) {
  if (use.time_ms == 0) return nullptr;
  return json::object{{"time", format_iso8601(use.time_ms)}, {"service", use.service}, {"region", use.region}};
}

json::object key_json(const iam::UserKey& key) {
  return {{"id", key.id}, {"active", key.active}, {"created", format_iso8601(key.created_ms)}, {"used", use_json(key.last_use)}};
}

json::object root_json(const Administration& administration) {
  const std::int64_t created = administration.root_key_created_ms;
  return {{"arn", aws::iam_arn("root")},
          {"key", administration.root_key},
          {"created", created == 0 ? json::value() : json::value(format_iso8601(created))},
          {"used", administration.root_use == nullptr ? json::value() : use_json(administration.root_use->last())}};
}

Outcome<json::object> identity_json(const iam::Identities& identities, const iam::User& user) {
  json::array keys, attached, own;
  EYRIE_TRY(const auto of_user, told(identities.keys(user.name)));
  for (const iam::UserKey& key : of_user) keys.push_back(key_json(key));
  for (const std::string& arn : user.attached) attached.push_back(json::object{{"name", arn.substr(arn.rfind('/') + 1)}, {"arn", arn}});
  for (const auto& [name, policy] : user.policies) own.push_back(json::string(name));
  return json::object{{"name", user.name},
                      {"id", user.id},
                      {"arn", user.arn()},
                      {"created", format_iso8601(user.created_ms)},
                      {"keys", std::move(keys)},
                      {"attached", std::move(attached)},
                      {"own", std::move(own)}};
}

// The key that the path names, where the visitor may do this to its user.
Outcome<iam::UserKey> key_for(const Call& call, std::string_view action) {
  EYRIE_TRY(const Administration* administration, call.administration());
  const auto key = administration->identities.key(call.id);
  EYRIE_CHECK_OK(call.may_on(action, key ? arn_of(administration->identities, key->user) : "*"));
  if (call.id == administration->root_key) return refused(Code::kFailedPrecondition, "The root's key is a file of the data directory and is not changed here.");
  return told(key);
}

}  // namespace

Outcome<Answer> list_identities(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on("iam:ListUsers", aws::iam_arn("user/")));
  json::array users;
  for (const iam::User& user : administration->identities.users()) {
    // One that has just been removed is left out.
    if (auto identity = identity_json(administration->identities, user)) users.push_back(std::move(*identity));
  }
  return Answer{.body = json::object{{"root", root_json(*administration)}, {"users", std::move(users)}}};
}

Outcome<Answer> create_identity(const Call& call) {
  EYRIE_TRY(iam::Identities* identities, identities_for(call, "iam:CreateUser", "*"));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"name"})));
  EYRIE_TRY(const std::string name, told(members.text("name")));
  EYRIE_TRY(const iam::User user, told(identities->create_user(name, "/")));
  call.note("iam:CreateUser", user.arn());
  EYRIE_TRY(json::object identity, identity_json(*identities, user));
  return Answer{.status = 201, .body = std::move(identity)};
}

Outcome<Answer> get_identity(const Call& call) {
  EYRIE_TRY(const iam::Identities* identities, identities_for(call, "iam:GetUser", call.id));
  EYRIE_TRY(const iam::User user, told(identities->user(call.id)));
  EYRIE_TRY(json::object identity, identity_json(*identities, user));
  json::object documents;
  for (const auto& [name, policy] : user.policies) documents[name] = policy->text();
  identity["documents"] = std::move(documents);
  return Answer{.body = std::move(identity)};
}

Outcome<Answer> delete_identity(const Call& call) {
  EYRIE_TRY(iam::Identities* identities, identities_for(call, "iam:DeleteUser", call.id));
  const std::string arn = arn_of(*identities, call.id);
  EYRIE_CHECK_OK(told(identities->delete_user(call.id)));
  call.note("iam:DeleteUser", arn);
  return Answer{.status = 204, .body = nullptr};
}

Outcome<Answer> create_key(const Call& call) {
  EYRIE_TRY(iam::Identities* identities, identities_for(call, "iam:CreateAccessKey", call.id));
  EYRIE_CHECK_OK(told(Members::parse(call.body, {})));
  EYRIE_TRY(const iam::Identities::NewKey made, told(identities->create_key(call.id)));
  call.note("iam:CreateAccessKey", arn_of(*identities, call.id));
  json::object key = key_json(made.key);
  key["secret"] = made.secret;
  return Answer{.status = 201, .body = std::move(key)};
}

Outcome<Answer> update_key(const Call& call) {
  EYRIE_TRY(const iam::UserKey key, key_for(call, "iam:UpdateAccessKey"));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"active"})));
  EYRIE_TRY(const auto active, told(members.optional_flag("active")));
  if (!active) return refused(Code::kInvalidArgument, "active is missing.");
  iam::Identities& identities = call.backend.administration->identities;
  EYRIE_CHECK_OK(told(identities.set_key_active(key.user, key.id, *active)));
  call.note("iam:UpdateAccessKey", arn_of(identities, key.user));
  EYRIE_TRY(const iam::UserKey after, told(identities.key(key.id)));
  return Answer{.body = key_json(after)};
}

Outcome<Answer> delete_key(const Call& call) {
  EYRIE_TRY(const iam::UserKey key, key_for(call, "iam:DeleteAccessKey"));
  iam::Identities& identities = call.backend.administration->identities;
  EYRIE_CHECK_OK(told(identities.delete_key(key.user, key.id)));
  call.note("iam:DeleteAccessKey", arn_of(identities, key.user));
  return Answer{.status = 204, .body = nullptr};
}

namespace {

using ChangeAttached = Status (iam::Identities::*)(const std::string& user, const std::string& arn);

Outcome<Answer> change_attached(const Call& call, std::string_view action, ChangeAttached change) {
  EYRIE_TRY(iam::Identities* identities, identities_for(call, action, call.id));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"policy"})));
  EYRIE_TRY(const std::string name, told(members.text("policy")));
  EYRIE_TRY(const iam::ManagedPolicy policy, told(identities->policy_named(name)));
  EYRIE_CHECK_OK(told((identities->*change)(call.id, policy.arn())));
  call.note(action, arn_of(*identities, call.id));
  EYRIE_TRY(const iam::User user, told(identities->user(call.id)));
  EYRIE_TRY(json::object identity, identity_json(*identities, user));
  return Answer{.body = std::move(identity)};
}

}  // namespace

Outcome<Answer> attach_policy(const Call& call) { return change_attached(call, "iam:AttachUserPolicy", &iam::Identities::attach); }

Outcome<Answer> detach_policy(const Call& call) { return change_attached(call, "iam:DetachUserPolicy", &iam::Identities::detach); }

}  // namespace eyrie::api::console
