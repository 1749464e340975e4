#include "iam/access_control.h"

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

Caller::Caller(const AccessControl& control, Facts facts)
    : control_(&control), facts_(std::move(facts)), policies_(control.parts_.identities.policies_of(facts_.principal)) {
  policies_.insert(policies_.end(), facts_.role.begin(), facts_.role.end());
  if (is_root()) return;  // no policy is asked about it
  const Principal& principal = facts_.principal;
  ConditionValues& values = facts_.values;
  if (principal.kind == Principal::Kind::kUser) values.add("aws:username", principal.name);
  values.add("aws:userid", principal.id);
  if (principal.kind != Principal::Kind::kAnonymous) {
    values.add("aws:PrincipalArn", principal.arn);
    values.add("aws:PrincipalAccount", std::string(aws::kAccount));
  }
  values.add("aws:PrincipalType", std::string(type_name(principal.kind)));
  values.add("aws:PrincipalIsAWSService", "false");
  values.add("aws:ViaAWSService", "false");
  values.add("aws:ResourceAccount", std::string(aws::kAccount));
}

Status Caller::could(std::string_view action, const std::string& resource, const ConditionValues& more,
                     const PolicyDocument* of_resource) const {
  if (is_root()) return {};
  const ConditionValues merged = more.empty() ? ConditionValues() : facts_.values.with(more);
  const AccessRequest request{.action = action, .resource = resource, .values = more.empty() ? facts_.values : merged};
  bool allowed = false;
  for (const PolicyPtr& policy : policies_) {
    const Verdict verdict = evaluate(*policy, request);
    if (verdict == Verdict::kDeny) return denied(facts_.principal, action, resource, Said::kByIdentity);
    allowed = allowed || verdict == Verdict::kAllow;
  }
  if (const std::string bucket = bucket_of(resource); !bucket.empty()) {
    const auto policy = control_->policy_of_bucket(bucket);
    if (!policy) {
      log_error("a bucket's policy cannot be read", {{"bucket", bucket}, {"error", policy.error().message}});
      return denied(facts_.principal, action, resource, Said::kByResource);
    }
    const Verdict verdict =
        *policy == nullptr ? Verdict::kSilent : evaluate_resource_policy(**policy, facts_.principal, request);
    if (verdict == Verdict::kDeny) return denied(facts_.principal, action, resource, Said::kByResource);
    allowed = allowed || verdict == Verdict::kAllow;
  }
  if (of_resource != nullptr) {
    const Verdict verdict = evaluate_resource_policy(*of_resource, facts_.principal, request);
    if (verdict == Verdict::kDeny) return denied(facts_.principal, action, resource, Said::kByResource);
    allowed = allowed || verdict == Verdict::kAllow;
  }
  if (allowed) return {};
  return denied(facts_.principal, action, resource, Said::kNothing);
}

Status Caller::may(std::string_view action, const std::string& resource, const ConditionValues& more,
                   const PolicyDocument* of_resource) const {
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
  const ConditionValues values = facts_.values.with(more);
  const AccessRequest request{.action = kAction, .resource = role_arn, .values = values};
  const bool trusted = evaluate_resource_policy(trust, facts_.principal, request) == Verdict::kAllow ||
                       evaluate_resource_policy(trust, Principal::root(), request) == Verdict::kAllow;
  if (trusted) return {};
  return refuse("User: " + facts_.principal.arn + " is not authorized to perform: sts:AssumeRole on resource: " + role_arn);
}

void Caller::note_denied(std::string_view action, const std::string& resource, const std::string& reason) const {
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
