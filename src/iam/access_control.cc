#include "iam/access_control.h"

#include <algorithm>
#include <array>

#include "base/log.h"

namespace eyrie::iam {
namespace {

constexpr std::string_view kS3Arn = "arn:aws:s3:::";
constexpr std::size_t kMaxCachedPolicies = 1024;

std::string_view type_name(Principal::Kind kind) {
  switch (kind) {
    case Principal::Kind::kRoot:
      return "Account";
    case Principal::Kind::kUser:
      return "User";
    case Principal::Kind::kRole:
      return "AssumedRole";
    case Principal::Kind::kAnonymous:
      return "Anonymous";
    case Principal::Kind::kService:
      return "Service";
  }
  return "";
}

// "" where the ARN is no bucket's or object's.
std::string bucket_of(std::string_view arn) {
  if (!arn.starts_with(kS3Arn)) return "";
  arn.remove_prefix(kS3Arn.size());
  return std::string(arn.substr(0, arn.find('/')));
}

bool is_account(std::string_view text) {
  return text.size() == aws::kAccount.size() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A principal's name that is well-formed. Who is of another account never asks here, but a policy may be made for use elsewhere.
bool is_of_another_account(std::string_view name) {
  if (is_account(name)) return name != aws::kAccount;
  for (const auto& [begin, kinds] : {std::pair{std::string_view("arn:aws:iam::"), std::array<std::string_view, 2>{"user/", "role/"}},
                                     {std::string_view("arn:aws:sts::"), std::array<std::string_view, 2>{"assumed-role/", "federated-user/"}}}) {
    if (!name.starts_with(begin)) continue;
    const std::string_view account = name.substr(begin.size(), aws::kAccount.size());
    const std::string_view rest = name.substr(std::min(name.size(), begin.size() + account.size()));
    if (!is_account(account) || account == aws::kAccount || !rest.starts_with(':')) return false;
    const std::string_view who = rest.substr(1);
    return (who == "root" && begin.contains("iam")) ||
           std::ranges::any_of(kinds, [&](std::string_view kind) { return who.starts_with(kind) && who.size() > kind.size() && !who.ends_with('/'); });
  }
  return false;
}

bool has_id(const auto& all, const std::string& id) {
  return std::ranges::any_of(all, [&](const auto& each) { return each.id == id; });
}

// Those for which S3 tells the tags that the object has. Not PutObject and DeleteObject: nobody is kept from replacing or removing an object by its tags.
bool knows_existing_tags(std::string_view action) {
  static constexpr auto kActions = std::to_array<std::string_view>(
      {"s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", "s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectAttributes", "s3:GetObjectTagging",
       "s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionAttributes", "s3:GetObjectVersionTagging", "s3:PutObjectAcl",
       "s3:PutObjectTagging", "s3:PutObjectVersionAcl", "s3:PutObjectVersionTagging"});
  static_assert(std::ranges::is_sorted(kActions));
  return std::ranges::binary_search(kActions, action);
}

// What the policy of its own bucket cannot keep the root from. Source: S3 user guide, "Bucket policies for Amazon S3".
bool always_roots(std::string_view action) {
  return action == "s3:GetBucketPolicy" || action == "s3:PutBucketPolicy" || action == "s3:DeleteBucketPolicy";
}

enum class Said { kNothing, kByIdentity, kByResource };

std::unexpected<Error> denied(const Principal& principal, std::string_view action, const std::string& resource, Said by) {
  // AWS tells strangers nothing of policies.
  if (principal.kind == Principal::Kind::kAnonymous) return fail(Code::kPermissionDenied, "Access Denied");
  const bool quoted = action.starts_with("s3:");
  std::string message = "User: " + principal.arn + " is not authorized to perform: " + std::string(action) + " on resource: " +
                        (quoted ? "\"" + resource + "\"" : resource);
  switch (by) {
    case Said::kNothing:
      message += " because no identity-based policy allows the " + std::string(action) + " action";
      break;
    case Said::kByIdentity:
      message += " with an explicit deny in an identity-based policy";
      break;
    case Said::kByResource:
      message += " with an explicit deny in a resource-based policy";
      break;
  }
  return fail(Code::kPermissionDenied, std::move(message));
}

}  // namespace

std::string bucket_arn(std::string_view bucket) {
  return std::string(kS3Arn) + std::string(bucket);
}

std::string object_arn(std::string_view bucket, std::string_view key) {
  return bucket_arn(bucket) + "/" + std::string(key);
}

ConditionValues request_tags(const store::StringMap& tags) {
  ConditionValues values;
  for (const auto& [name, value] : tags) {
    values.add("s3:RequestObjectTag/" + name, value);
    values.add("s3:RequestObjectTagKeys", name);
  }
  return values;
}

Result<PolicyPtr> AccessControl::policy_of_bucket(const std::string& bucket) const {
  const auto text = parts_.objects.bucket_setting(bucket, kBucketPolicySetting);
  if (!text && text.error().code == Code::kNotFound) return nullptr;
  if (!text) return fail(text.error());
  if (!*text) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto cached = bucket_policies_.find(bucket);
    if (cached != bucket_policies_.end() && cached->second->text() == **text) return cached->second;
  }
  EYRIE_TRY(PolicyDocument parsed, PolicyDocument::parse(**text, PolicyKind::kResource));
  auto policy = std::make_shared<const PolicyDocument>(std::move(parsed));
  const std::lock_guard lock(mutex_);
  if (bucket_policies_.size() >= kMaxCachedPolicies) bucket_policies_.clear();
  bucket_policies_[bucket] = policy;
  return policy;
}

bool AccessControl::has_principal(const std::string& name) const {
  if (name == aws::kAccount || name == aws::iam_arn("root") || parts_.own_roles.contains(name)) return true;
  if (is_of_another_account(name)) return true;
  const std::string last = name.substr(name.rfind('/') + 1);
  if (name.starts_with(aws::iam_arn("user/"))) {
    const auto user = parts_.identities.user(last);
    return user && user->principal().arn == name;
  }
  if (name.starts_with(aws::iam_arn("role/"))) return parts_.roles != nullptr && parts_.roles->by_arn(name).has_value();
  // ROLE/SESSION, without the role's path.
  if (const std::string session = aws::assumed_role_arn(""); name.starts_with(session)) {
    const std::string role = name.substr(session.size(), name.find('/', session.size()) - session.size());
    if (last.empty() || session.size() + role.size() + 1 + last.size() != name.size()) return false;
    return parts_.own_roles.contains(aws::iam_arn("role/" + role)) || (parts_.roles != nullptr && parts_.roles->role(role).has_value());
  }
  if (name.starts_with("AIDA")) return has_id(parts_.identities.users(), name);
  if (name.starts_with("AROA")) return parts_.roles != nullptr && has_id(parts_.roles->roles(), name);
  return false;
}

void AccessControl::add_existing_tags(const std::string& arn, ConditionValues& values, TagsByArn& told, bool& readable) const {
  const std::string bucket = bucket_of(arn);
  const std::size_t key_at = kS3Arn.size() + bucket.size() + 1;
  if (bucket.empty() || arn.size() <= key_at) return;
  values.add_lazily("s3:existingobjecttag/", [this, bucket, key = arn.substr(key_at), arn, &told, &readable] {
    ConditionValues found;
    if (!told.contains(arn)) {
      auto object = parts_.objects.head(bucket, key);
      if (object) {
        told[arn] = std::move(object->tags);
      } else if (object.error().code == Code::kNotFound) {
        told[arn] = {};
      } else {
        log_error("an object's tags cannot be read", {{"bucket", bucket}, {"key", key}, {"error", object.error().message}});
        readable = false;
        return found;
      }
    }
    for (const auto& [name, value] : told[arn]) found.add("s3:ExistingObjectTag/" + name, value);
    return found;
  });
}

Caller::Caller(const AccessControl& control, Facts facts)
    : control_(&control), facts_(std::move(facts)), policies_(control.parts_.identities.policies_of(facts_.principal)) {
  policies_.insert(policies_.end(), facts_.role.begin(), facts_.role.end());
}

ConditionValues Caller::values_with(const ConditionValues& more) const {
  ConditionValues values;
  values.lay_over(more);
  values.lay_over(facts_.values);
  values.add_lazily("aws:", [this] { return values_of_principal(); });
  return values;
}

ConditionValues Caller::values_of_principal() const {
  const Principal& principal = facts_.principal;
  ConditionValues values;
  if (principal.kind == Principal::Kind::kUser) values.add("aws:username", principal.name);
  values.add("aws:userid", principal.id);
  if (principal.kind != Principal::Kind::kAnonymous) {
    values.add("aws:PrincipalArn", principal.role_arn.empty() ? principal.arn : principal.role_arn);
    values.add("aws:PrincipalAccount", std::string(aws::kAccount));
  }
  values.add("aws:PrincipalType", std::string(type_name(principal.kind)));
  values.add("aws:PrincipalIsAWSService", "false");
  values.add("aws:ViaAWSService", "false");
  values.add("aws:ResourceAccount", std::string(aws::kAccount));
  return values;
}

Status Caller::could(std::string_view action, const std::string& resource, const ConditionValues& more,
                     const PolicyDocument* of_resource) const {
  const std::string bucket = bucket_of(resource);
  if (is_root() && (bucket.empty() || always_roots(action))) return {};
  PolicyPtr of_bucket;
  if (!bucket.empty()) {
    auto policy = control_->policy_of_bucket(bucket);
    if (!policy) {
      log_error("a bucket's policy cannot be read", {{"bucket", bucket}, {"error", policy.error().message}});
      return denied(facts_.principal, action, resource, Said::kByResource);
    }
    of_bucket = std::move(*policy);
  }
  if (is_root() && of_bucket == nullptr) return {};
  bool readable = true;
  ConditionValues values = values_with(more);
  if (knows_existing_tags(action)) control_->add_existing_tags(resource, values, trail_->tags, readable);
  Status outcome = judge({.action = action, .resource = resource, .values = values}, of_bucket.get(), of_resource);
  if (!readable) return denied(facts_.principal, action, resource, Said::kByResource);
  return outcome;
}

Status Caller::judge(const AccessRequest& request, const PolicyDocument* of_bucket, const PolicyDocument* of_resource) const {
  const std::string_view action = request.action;
  const std::string resource(request.resource);
  bool allowed = is_root();
  for (const PolicyPtr& policy : policies_) {
    const Verdict verdict = evaluate(*policy, request);
    if (verdict == Verdict::kDeny) return denied(facts_.principal, action, resource, Said::kByIdentity);
    allowed = allowed || verdict == Verdict::kAllow;
  }
  for (const PolicyDocument* policy : {of_bucket, is_root() ? nullptr : of_resource}) {
    if (policy == nullptr) continue;
    const Verdict verdict = evaluate_resource_policy(*policy, facts_.principal, request);
    if (verdict == Verdict::kDeny) return denied(facts_.principal, action, resource, Said::kByResource);
    allowed = allowed || verdict == Verdict::kAllow;
  }
  if (allowed) return {};
  return denied(facts_.principal, action, resource, Said::kNothing);
}

Status Caller::may(std::string_view action, const std::string& resource, const ConditionValues& more,
                   const PolicyDocument* of_resource) const {
  if (trail_->action.empty()) {
    trail_->action = action;
    trail_->resource = resource;
  }
  Status outcome = could(action, resource, more, of_resource);
  if (!outcome) note_denied(action, resource, outcome.error().message);
  return outcome;
}

Status Caller::may_assume(const std::string& role_arn, const ConditionValues& more, const PolicyDocument& trust) const {
  constexpr std::string_view kAction = "sts:AssumeRole";
  const auto refuse = [&](std::string message) -> Status {
    note_denied(kAction, role_arn, message);
    return fail(Code::kPermissionDenied, std::move(message));
  };
  if (is_root()) return refuse("Roles may not be assumed by root accounts.");
  // An Allow of theirs or of the trust policy, and no Deny of either.
  if (Status outcome = may(kAction, role_arn, more, &trust); !outcome) return outcome;
  const ConditionValues values = values_with(more);
  const AccessRequest request{.action = kAction, .resource = role_arn, .values = values};
  const bool trusted = evaluate_resource_policy(trust, facts_.principal, request) == Verdict::kAllow ||
                       evaluate_resource_policy(trust, Principal::root(), request) == Verdict::kAllow;
  if (trusted) return {};
  return refuse("User: " + facts_.principal.arn + " is not authorized to perform: sts:AssumeRole on resource: " + role_arn);
}

bool Caller::was_judged_by(const std::string& object_arn, const store::StringMap& tags) const {
  const auto told = trail_->tags.find(object_arn);
  if (told == trail_->tags.end() || told->second == tags) return true;
  told->second = tags;
  return false;
}

void Caller::note_refusal(std::string_view action, const std::string& resource, const std::string& reason) const {
  if (trail_->noted) return;
  const bool asked = !trail_->action.empty();
  note_denied(asked ? trail_->action : action, asked ? trail_->resource : resource, reason);
}

void Caller::note_denied(std::string_view action, const std::string& resource, const std::string& reason) const {
  trail_->noted = true;
  log_warning("denied", {{"principal", facts_.principal.arn},
                         {"action", action},
                         {"resource", resource},
                         {"peer", facts_.source_ip},
                         {"reason", reason}});
  AuditLog& log = is_anonymous() ? control_->parts_.unknown : control_->parts_.denied;
  log.add({.request_id = facts_.request_id,
           .source_ip = facts_.source_ip,
           .principal = facts_.principal.arn,
           .access_key = facts_.access_key,
           .action = std::string(action),
           .resource = resource,
           .reason = reason});
}

}  // namespace eyrie::iam
