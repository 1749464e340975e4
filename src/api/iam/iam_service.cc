#include "api/iam/iam_service.h"

#include "api/iam/operations.h"
#include "api/iam/role_operations.h"

namespace eyrie::api::iam_api {
namespace {

// What an operation is on, for policies: Resource of the action.
enum class On {
  kUser,     // the one named, else the calling user
  kRenamed,  // the one named, and the one it becomes
  kKeyUser,  // the one whose key is named
  kUsers,    // all below a path
  kPolicy,   // the one named
  kNew,      // a policy to be made
  kPolicies,
};

struct Row {
  const char* name;
  Operation run;
  On on;
  bool answers = true;
};

constexpr Row kOperations[] = {
    {"AttachUserPolicy", attach_user_policy, On::kUser, false},
    {"CreateAccessKey", create_access_key, On::kUser},
    {"CreatePolicy", create_policy, On::kNew},
    {"CreatePolicyVersion", create_policy_version, On::kPolicy},
    {"CreateUser", create_user, On::kUser},
    {"DeleteAccessKey", delete_access_key, On::kUser, false},
    {"DeletePolicy", delete_policy, On::kPolicy, false},
    {"DeleteUser", delete_user, On::kUser, false},
    {"DeleteUserPolicy", delete_user_policy, On::kUser, false},
    {"DetachUserPolicy", detach_user_policy, On::kUser, false},
    {"GetAccessKeyLastUsed", get_access_key_last_used, On::kKeyUser},
    {"GetPolicy", get_policy, On::kPolicy},
    {"GetPolicyVersion", get_policy_version, On::kPolicy},
    {"GetUser", get_user, On::kUser},
    {"GetUserPolicy", get_user_policy, On::kUser},
    {"ListAccessKeys", list_access_keys, On::kUser},
    {"ListAttachedUserPolicies", list_attached_user_policies, On::kUser},
    {"ListGroupsForUser", list_groups_for_user, On::kUser},
    {"ListPolicies", list_policies, On::kPolicies},
    {"ListPolicyVersions", list_policy_versions, On::kPolicy},
    {"ListUserPolicies", list_user_policies, On::kUser},
    {"ListUsers", list_users, On::kUsers},
    {"PutUserPolicy", put_user_policy, On::kUser, false},
    {"UpdateAccessKey", update_access_key, On::kUser, false},
    {"UpdateUser", update_user, On::kRenamed, false},
};

// Of a user that is there; of one that is not, as it would be.
std::string user_arn(const iam::Identities& identities, const std::string& name, const std::string& path) {
  const auto user = identities.user(name);
  return user ? user->arn() : aws::iam_arn("user" + path + name);
}

std::string named_user(const QueryCall& call) {
  if (auto name = call.optional("UserName")) return *name;
  const iam::Principal& caller = call.context.caller->principal();
  return caller.kind == iam::Principal::Kind::kUser ? caller.name : "";
}

std::vector<std::string> resources_of(const iam::Identities& identities, On on, const QueryCall& call) {
  switch (on) {
    case On::kUser:
      return {user_arn(identities, named_user(call), path_of(call))};
    case On::kRenamed: {
      const std::string name = call.get("UserName");
      const auto user = identities.user(name);
      const std::string path = call.optional("NewPath").value_or(user ? user->path : "/");
      return {user_arn(identities, name, "/"), aws::iam_arn("user" + path + call.optional("NewUserName").value_or(name))};
    }
    case On::kKeyUser: {
      const auto key = identities.key(call.get("AccessKeyId"));
      return {key ? user_arn(identities, key->user, "/") : "*"};
    }
    case On::kUsers:
      return {aws::iam_arn("user" + call.optional("PathPrefix").value_or("/"))};
    case On::kPolicy:
      return {call.get("PolicyArn")};
    case On::kNew:
      return {aws::iam_arn("policy" + path_of(call) + call.get("PolicyName"))};
    case On::kPolicies:
      return {aws::iam_arn("policy" + call.optional("PathPrefix").value_or("/"))};
  }
  return {"*"};
}

}  // namespace

IamService::IamService(iam::Identities& identities, iam::Roles& roles, const Door& door, net::MemoryBudget& budget)
    : QueryService({.name = "iam", .xmlns = "https://iam.amazonaws.com/doc/2010-05-08/", .version = "2010-05-08"}, door, budget) {
  for (const Row& row : kOperations) {
    auto needs = [&identities, row](const QueryCall& call) {
      iam::ConditionValues values;
      // So that a policy can bound which policies somebody may hand out.
      if (const auto arn = call.optional("PolicyArn")) values.add("iam:PolicyARN", *arn);
      std::vector<Need> needed;
      for (std::string& resource : resources_of(identities, row.on, call))
        needed.push_back({.action = "iam:" + std::string(row.name), .resource = std::move(resource), .values = values});
      return needed;
    };
    add(row.name, {.run = [&identities, run = row.run](const QueryCall& call, XmlWriter& xml) { return run(identities, call, xml); },
                   .answers = row.answers,
                   .needs = std::move(needs)});
  }
  for (const RoleOperation& row : role_operations()) {
    auto needs = [&roles, row](const QueryCall& call) {
      iam::ConditionValues values;
      if (const auto arn = call.optional("PolicyArn")) values.add("iam:PolicyARN", *arn);
      return std::vector<Need>{{.action = "iam:" + std::string(row.name), .resource = role_resource(roles, row.name, call), .values = values}};
    };
    add(row.name, {.run = [&roles, &identities, &access = door.access, run = row.run](const QueryCall& call, XmlWriter& xml) { return run({roles, identities, access}, call, xml); },
                   .answers = row.answers,
                   .needs = std::move(needs)});
  }
}

}  // namespace eyrie::api::iam_api
