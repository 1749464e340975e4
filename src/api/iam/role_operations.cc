#include "api/iam/role_operations.h"

#include "base/encoding.h"

namespace eyrie::api::iam_api {
namespace {

constexpr int kLeastSession = 3600, kMostSession = 43'200;

Wire<iam::Role> role_of(const RoleBackend& backend, const QueryCall& call) {
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  return wire(backend.roles.role(name));
}

void describe(const iam::Role& role, XmlWriter& xml) {
  xml.text("Path", role.path).text("RoleName", role.name).text("RoleId", role.id).text("Arn", role.arn());
  xml.text("CreateDate", time_text(role.created_ms)).text("AssumeRolePolicyDocument", percent_encode(role.trust));
  if (!role.description.empty()) xml.text("Description", role.description);
  xml.number("MaxSessionDuration", static_cast<std::uint64_t>(role.session_seconds));
}

// The longest session, where it is told.
Wire<std::optional<int>> session_seconds(const QueryCall& call) {
  const auto text = call.optional("MaxSessionDuration");
  if (!text) return std::nullopt;
  const auto value = whole_number<int>(*text);
  if (!value || *value < kLeastSession || *value > kMostSession)
    return invalid("1 validation error detected: Value '" + *text + "' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200, inclusive");
  return value;
}

Wire<void> of_trust(Status done) {
  if (!done && done.error().code == Code::kInvalidArgument)
    return std::unexpected(aws::WireError{400, "MalformedPolicyDocument", done.error().message});
  return wire(std::move(done));
}

// Who is named in a trust policy must be there.
Wire<void> check_principals(const RoleBackend& backend, const std::string& trust) {
  for (const std::string& name : iam::trusted_principals(trust)) {
    if (name != "*" && !backend.access.has_principal(name)) return of_trust(fail(Code::kInvalidArgument, "Invalid principal in policy: \"AWS\":\"" + name + "\""));
  }
  return {};
}

QueryResult create_role(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  EYRIE_CHECK_OK(refuse_members(call, {"Tags", "PermissionsBoundary"}));
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  EYRIE_TRY(const std::string trust, required(call, "AssumeRolePolicyDocument"));
  EYRIE_CHECK_OK(of_trust(iam::check_trust_policy(trust)));
  EYRIE_CHECK_OK(check_principals(backend, trust));
  EYRIE_TRY(const auto seconds, session_seconds(call));
  if (call.get("Description").size() > 1000) return invalid("1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000");
  EYRIE_TRY(const iam::Role role, wire(backend.roles.create({.name = name,
                                                             .path = path_of(call),
                                                             .description = call.get("Description"),
                                                             .session_seconds = seconds.value_or(kLeastSession),
                                                             .trust = trust})));
  xml.open("Role");
  describe(role, xml);
  xml.close("Role");
  return {};
}

QueryResult get_role(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::Role role, role_of(backend, call));
  xml.open("Role");
  describe(role, xml);
  xml.close("Role");
  return {};
}

QueryResult list_roles(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  const std::string prefix = call.optional("PathPrefix").value_or("/");
  std::vector<iam::Role> roles = backend.roles.roles();
  std::erase_if(roles, [&](const iam::Role& role) { return !role.path.starts_with(prefix); });
  return write_page(call, xml, "Roles", roles, std::mem_fn(&iam::Role::name), [&xml](const iam::Role& role) { describe(role, xml); });
}

QueryResult delete_role(const RoleBackend& backend, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  return wire(backend.roles.remove(name));
}

QueryResult update_role(const RoleBackend& backend, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  EYRIE_TRY(const auto seconds, session_seconds(call));
  return wire(backend.roles.update(name, call.optional("Description"), seconds));
}

QueryResult update_assume_role_policy(const RoleBackend& backend, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string trust, required(call, "PolicyDocument"));
  EYRIE_CHECK_OK(of_trust(iam::check_trust_policy(trust)));
  EYRIE_TRY(const iam::Role role, role_of(backend, call));
  EYRIE_CHECK_OK(check_principals(backend, trust));
  return of_trust(backend.roles.set_trust(role.name, trust));
}

QueryResult put_role_policy(const RoleBackend& backend, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  EYRIE_TRY(const std::string policy, required(call, "PolicyName"));
  EYRIE_TRY(iam::PolicyPtr document, policy_document(call));
  return wire(backend.roles.put_policy(name, policy, std::move(document)));
}

QueryResult get_role_policy(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::Role role, role_of(backend, call));
  EYRIE_TRY(const OwnPolicies::value_type policy, own_policy(call, role.policies, "role"));
  xml.text("RoleName", role.name).text("PolicyName", policy.first).text("PolicyDocument", percent_encode(policy.second->text()));
  return {};
}

QueryResult list_role_policies(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::Role role, role_of(backend, call));
  return write_policy_names(call, xml, role.policies);
}

QueryResult delete_role_policy(const RoleBackend& backend, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  EYRIE_TRY(const std::string policy, required(call, "PolicyName"));
  return wire(backend.roles.delete_policy(name, policy));
}

QueryResult attach_role_policy(const RoleBackend& backend, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  return wire(backend.roles.attach(name, arn));
}

QueryResult detach_role_policy(const RoleBackend& backend, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "RoleName"));
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  return wire(backend.roles.detach(name, arn));
}

QueryResult list_attached_role_policies(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::Role role, role_of(backend, call));
  std::vector<iam::ManagedPolicy> attached;
  for (const std::string& arn : role.attached) {
    if (const auto policy = backend.identities.policy(arn)) attached.push_back(*policy);
  }
  return write_page(call, xml, "AttachedPolicies", attached, std::mem_fn(&iam::ManagedPolicy::arn), [&xml](const iam::ManagedPolicy& policy) {
    xml.text("PolicyName", policy.name).text("PolicyArn", policy.arn());
  });
}

// Users and roles together; a page counts both, users first.
QueryResult list_entities_for_policy(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  EYRIE_CHECK_OK(wire(backend.identities.policy(arn)));
  const std::string filter = call.get("EntityFilter");
  struct Entity {
    bool is_role;
    std::string name, id;
    std::string key() const { return (is_role ? "1" : "0") + name; }
  };
  std::vector<Entity> entities;
  for (const iam::User& user : backend.identities.users()) {
    if (user.attached.contains(arn) && (filter.empty() || filter == "User")) entities.push_back({.is_role = false, .name = user.name, .id = user.id});
  }
  for (const iam::Role& role : backend.roles.roles()) {
    if (role.attached.contains(arn) && (filter.empty() || filter == "Role")) entities.push_back({.is_role = true, .name = role.name, .id = role.id});
  }
  EYRIE_TRY(const PageSpan page, page_of(call, entities, std::mem_fn(&Entity::key)));
  const auto write = [&](bool roles, const char* name, const char* id) {
    for (std::size_t i = page.begin; i < page.end; ++i) {
      if (entities[i].is_role == roles) xml.open("member").text(name, entities[i].name).text(id, entities[i].id).close("member");
    }
  };
  xml.open("PolicyGroups").close("PolicyGroups").open("PolicyUsers");
  write(false, "UserName", "UserId");
  xml.close("PolicyUsers").open("PolicyRoles");
  write(true, "RoleName", "RoleId");
  close_page(xml, "PolicyRoles", page);
  return {};
}

// A role is in no instance profile: there are none. Tools ask before they delete it.
QueryResult list_instance_profiles_for_role(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml) {
  EYRIE_CHECK_OK(role_of(backend, call));
  xml.open("InstanceProfiles").close("InstanceProfiles").flag("IsTruncated", false);
  return {};
}

constexpr RoleOperation kRoleOperations[] = {
    {"AttachRolePolicy", attach_role_policy, false},
    {"CreateRole", create_role},
    {"DeleteRole", delete_role, false},
    {"DeleteRolePolicy", delete_role_policy, false},
    {"DetachRolePolicy", detach_role_policy, false},
    {"GetRole", get_role},
    {"GetRolePolicy", get_role_policy},
    {"ListAttachedRolePolicies", list_attached_role_policies},
    {"ListEntitiesForPolicy", list_entities_for_policy},
    {"ListInstanceProfilesForRole", list_instance_profiles_for_role},
    {"ListRolePolicies", list_role_policies},
    {"ListRoles", list_roles},
    {"PutRolePolicy", put_role_policy, false},
    {"UpdateAssumeRolePolicy", update_assume_role_policy, false},
    {"UpdateRole", update_role},
};

}  // namespace

std::span<const RoleOperation> role_operations() { return kRoleOperations; }

std::string role_resource(const iam::Roles& roles, std::string_view operation, const QueryCall& call) {
  if (operation == "ListEntitiesForPolicy") return call.get("PolicyArn");
  if (operation == "ListRoles") return aws::iam_arn("role" + call.optional("PathPrefix").value_or("/"));
  const std::string name = call.get("RoleName");
  const auto role = roles.role(name);
  return role ? role->arn() : aws::iam_arn("role" + path_of(call) + name);
}

}  // namespace eyrie::api::iam_api
