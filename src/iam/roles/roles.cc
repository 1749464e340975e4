#include "iam/roles/roles.h"

#include <algorithm>
#include <ranges>

#include "base/encoding.h"
#include "base/json.h"
#include "base/log.h"
#include "iam/key_material.h"
#include "iam/names.h"
#include "iam/policy/evaluate.h"
#include "iam/roles/trust_policy.h"
#include "store/record_json.h"

namespace eyrie::iam {
namespace {

constexpr const char* kRoleKind = "iam.role";
constexpr std::size_t kMaxTrust = 2048;

std::unexpected<Error> no_such_role(const std::string& name) {
  return fail(Code::kNotFound, "The role with name " + name + " cannot be found.");
}

std::unexpected<Error> malformed(std::string message) { return fail(Code::kInvalidArgument, std::move(message)); }

std::vector<json::object> statements_of(std::string_view trust) {
  std::vector<json::object> found;
  const auto document = parse_json(trust);
  if (!document) return found;
  for (const json::object* statement : statements_in(*document)) found.push_back(*statement);
  return found;
}

// Whether it has a kind of principals without any, or with an empty name.
bool names_nobody(const json::value& principal) {
  const auto* kinds = principal.if_object();
  return kinds != nullptr && std::ranges::any_of(*kinds, [](const auto& kind) {
    const std::vector<std::string> names = one_or_more_texts(&kind.value());
    return names.empty() || std::ranges::any_of(names, &std::string::empty);
  });
}

bool speaks_of(const json::object& statement, std::string_view service) {
  const json::value* principal = statement.if_contains("Principal");
  const json::value* services = principal != nullptr && principal->is_object() ? principal->get_object().if_contains("Service") : nullptr;
  const std::vector<std::string> actions = one_or_more_texts(statement.if_contains("Action"));
  const auto assumes = [](const std::string& action) {
    const auto pattern = Pattern::parse(action, {.variables = false, .ignore_case = true});
    return pattern && pattern->match("sts:AssumeRole", {}) == Match::kYes;
  };
  return std::ranges::any_of(one_or_more_texts(services), [&](const std::string& named) { return named == service; }) && std::ranges::any_of(actions, assumes);
}

}  // namespace

Status check_trust_policy(std::string_view text) {
  if (text.size() > kMaxTrust) return fail(Code::kTooLarge, "Cannot exceed quota for ACLSizePerRole: 2048");
  const std::vector<json::object> statements = statements_of(text);
  if (statements.empty() || !check_unique_members(text)) return malformed("Syntax errors in policy.");
  for (const json::object& statement : statements) {
    const std::string effect = text_of(statement, "Effect");
    if (effect != "Allow" && effect != "Deny") return malformed("Syntax errors in policy.");
    const std::vector<std::string> actions = one_or_more_texts(statement.if_contains("Action"));
    if (actions.empty()) return malformed("AssumeRolepolicy must contain actions.");
    if (!std::ranges::all_of(actions, [](const std::string& action) { return lower_case(action).starts_with("sts:"); }))
      return malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    const json::value* principal = statement.if_contains("Principal");
    if (principal == nullptr) return malformed("AssumeRolepolicy must contain a principal.");
    if (names_nobody(*principal)) return malformed("Invalid principal in policy");
    if (statement.contains("Resource")) return malformed("Has prohibited field Resource");
  }
  EYRIE_TRY(const PolicyDocument document, parse_trust_policy(text));
  return document.check_new();
}

std::vector<std::string> trusted_principals(std::string_view text) {
  std::vector<std::string> found;
  for (const json::object& statement : statements_of(text)) {
    const json::value* principal = statement.if_contains("Principal");
    if (principal == nullptr || !principal->is_object()) continue;
    for (std::string& name : one_or_more_texts(principal->get_object().if_contains("AWS"))) found.push_back(std::move(name));
  }
  return found;
}

Result<std::unique_ptr<Roles>> Roles::open(store::RecordStore& records, const Identities& identities, const Clock& clock) {
  std::unique_ptr<Roles> roles(new Roles(records, identities, clock));
  EYRIE_CHECK_OK(roles->load());
  return roles;
}

Status Roles::load() {
  EYRIE_TRY(const auto records, records_.records(kRoleKind));
  for (const store::Record& record : records) {
    EYRIE_TRY(const json::object object, store::object_of(record, "role"));
    Role role{.name = record.name,
              .id = text_of(object, "id"),
              .path = text_of(object, "path"),
              .description = text_of(object, "description"),
              .session_seconds = static_cast<int>(number_of(object, "session_seconds")),
              .created_ms = number_of(object, "created_ms"),
              .trust = text_of(object, "trust")};
    const json::value* own = object.if_contains("policies");
    if (role.id.empty() || own == nullptr || !own->is_object()) return store::corrupt(record, "role");
    for (const auto& [name, text] : own->get_object()) {
      if (!text.is_string()) return store::corrupt(record, "role");
      EYRIE_TRY(PolicyDocument document, PolicyDocument::parse(text.get_string()));
      role.policies[name] = std::make_shared<const PolicyDocument>(std::move(document));
    }
    for (std::string& arn : one_or_more_texts(object.if_contains("attached"))) role.attached.insert(std::move(arn));
    roles_[record.name] = std::move(role);
  }
  return {};
}

Status Roles::save(const Role& role) {
  json::object policies;
  for (const auto& [name, policy] : role.policies) policies[name] = policy->text();
  json::array attached;
  for (const std::string& arn : role.attached) attached.push_back(json::string(arn));
  const json::object object{{"id", role.id},
                            {"path", role.path},
                            {"description", role.description},
                            {"session_seconds", role.session_seconds},
                            {"created_ms", role.created_ms},
                            {"trust", role.trust},
                            {"policies", std::move(policies)},
                            {"attached", std::move(attached)}};
  EYRIE_CHECK_OK(records_.apply({{.kind = kRoleKind, .name = role.name, .value = write_json(object)}}));
  const std::unique_lock lock(mutex_);
  roles_[role.name] = role;
  return {};
}

void Roles::keep_names(const std::set<std::string>& names) {
  for (const std::string& name : names) kept_names_.insert(lower_case(name));
  std::erase_if(roles_, [this](const auto& entry) {
    const bool taken = kept_names_.contains(lower_case(entry.first));
    if (taken) log_warning("a role has the name of one of the server's own, and is left out", {{"role", entry.first}});
    return taken;
  });
}

const Role* Roles::find(const std::string& name) const {
  const auto found = roles_.find(name);
  return found == roles_.end() ? nullptr : &found->second;
}

Result<Role> Roles::copy_of(const std::string& name) const { return role(name); }

Result<Role> Roles::create(Role role) {
  EYRIE_CHECK_OK(check_name("roleName", role.name, kMaxUserName));
  EYRIE_CHECK_OK(check_path(role.path));
  EYRIE_CHECK_OK(check_trust_policy(role.trust));
  const std::lock_guard writing(writing_);
  const std::string wanted = lower_case(role.name);
  if (kept_names_.contains(wanted) || std::ranges::any_of(std::views::keys(roles_), [&](const std::string& name) { return lower_case(name) == wanted; }))
    return fail(Code::kAlreadyExists, "Role with name " + role.name + " already exists.");
  if (roles_.size() >= kMaxRoles) return fail(Code::kTooLarge, "Cannot exceed quota for RolesPerAccount: " + std::to_string(kMaxRoles));
  role.id = make_id("AROA", 17);
  role.created_ms = clock_.now_ms();
  EYRIE_CHECK_OK(save(role));
  return role;
}

Result<Role> Roles::role(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  const Role* found = find(name);
  if (found == nullptr) return no_such_role(name);
  return *found;
}

std::vector<Role> Roles::roles() const {
  const std::shared_lock lock(mutex_);
  std::vector<Role> all;
  for (const auto& [name, role] : roles_) all.push_back(role);
  return all;
}

Status Roles::remove(const std::string& name) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(const Role role, copy_of(name));
  if (!role.policies.empty()) return fail(Code::kFailedPrecondition, "Cannot delete entity, must delete policies first.");
  if (!role.attached.empty()) return fail(Code::kFailedPrecondition, "Cannot delete entity, must detach all policies first.");
  EYRIE_CHECK_OK(records_.apply({{.kind = kRoleKind, .name = name, .value = std::nullopt}}));
  const std::unique_lock lock(mutex_);
  roles_.erase(name);
  return {};
}

Status Roles::update(const std::string& name, const std::optional<std::string>& description, std::optional<int> session_seconds) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Role role, copy_of(name));
  if (description) role.description = *description;
  if (session_seconds) role.session_seconds = *session_seconds;
  return save(role);
}

Status Roles::set_trust(const std::string& name, const std::string& trust) {
  EYRIE_CHECK_OK(check_trust_policy(trust));
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Role role, copy_of(name));
  role.trust = trust;
  return save(role);
}

Status Roles::put_policy(const std::string& name, const std::string& policy, PolicyPtr document) {
  EYRIE_CHECK_OK(check_name("policyName", policy, kMaxPolicyName));
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Role role, copy_of(name));
  role.policies[policy] = std::move(document);
  std::size_t together = 0;
  for (const auto& [unused, own] : role.policies) together += own->characters();
  if (together > kMaxInline)
    return fail(Code::kTooLarge, "Maximum policy size of " + std::to_string(kMaxInline) + " bytes exceeded for role " + name);
  return save(role);
}

Status Roles::delete_policy(const std::string& name, const std::string& policy) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Role role, copy_of(name));
  if (role.policies.erase(policy) == 0) return fail(Code::kNotFound, "The role policy with name " + policy + " cannot be found.");
  return save(role);
}

Status Roles::attach(const std::string& name, const std::string& arn) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Role role, copy_of(name));
  EYRIE_CHECK_OK(identities_.policy(arn));
  role.attached.insert(arn);
  if (role.attached.size() > kMaxAttached)
    return fail(Code::kTooLarge, "Cannot exceed quota for PoliciesPerRole: " + std::to_string(kMaxAttached));
  return save(role);
}

Status Roles::detach(const std::string& name, const std::string& arn) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(Role role, copy_of(name));
  if (role.attached.erase(arn) == 0) return fail(Code::kNotFound, "Policy " + arn + " was not found.");
  return save(role);
}

std::vector<std::string> Roles::attached_to(const std::string& arn) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, role] : roles_) {
    if (role.attached.contains(arn)) names.push_back(name);
  }
  return names;
}

Result<Role> Roles::by_arn(const std::string& arn) const {
  EYRIE_TRY(Role found, role(arn.substr(arn.rfind('/') + 1)));
  if (found.arn() != arn) return no_such_role(arn);
  return found;
}

bool Roles::trusts(const std::string& arn, std::string_view service) const {
  const auto found = by_arn(arn);
  if (!found) return false;
  bool allowed = false;
  for (const json::object& statement : statements_of(found->trust)) {
    // What cannot be judged here (conditions, NotPrincipal) opens nothing, and a Deny that may be meant counts.
    const bool allows = text_of(statement, "Effect") == "Allow";
    if (!allows && (speaks_of(statement, service) || statement.contains("NotPrincipal"))) return false;
    if (allows && speaks_of(statement, service) && !statement.contains("Condition")) allowed = true;
  }
  return allowed;
}

bool Roles::may(const std::string& arn, std::string_view action, const std::string& resource) const {
  const auto found = by_arn(arn);
  if (!found) return false;
  ConditionValues values;
  values.add("aws:PrincipalArn", arn);
  values.add("aws:PrincipalAccount", std::string(aws::kAccount));
  values.add("aws:ResourceAccount", std::string(aws::kAccount));
  values.add("aws:SecureTransport", "true");  // it does not leave the process
  bool allowed = false;
  for (const PolicyPtr& policy : policies_of(found->name, found->id)) {
    const Verdict verdict = evaluate(*policy, {.action = action, .resource = resource, .values = values});
    if (verdict == Verdict::kDeny) return false;
    allowed = allowed || verdict == Verdict::kAllow;
  }
  return allowed;
}

std::vector<PolicyPtr> Roles::policies_of(const std::string& name, const std::string& id) const {
  std::vector<PolicyPtr> found;
  const auto known = role(name);
  if (!known || known->id != id) return found;
  for (const auto& [unused, policy] : known->policies) found.push_back(policy);
  for (const std::string& arn : known->attached) {
    if (const auto policy = identities_.policy(arn)) found.push_back(policy->document);
  }
  return found;
}

}  // namespace eyrie::iam
