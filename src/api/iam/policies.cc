#include "api/iam/operations.h"
#include "base/encoding.h"

namespace eyrie::api::iam_api {
namespace {

void describe(const iam::ManagedPolicy& policy, std::size_t attachments, XmlWriter& xml) {
  xml.text("PolicyName", policy.name).text("PolicyId", policy.id).text("Arn", policy.arn()).text("Path", policy.path);
  xml.text("DefaultVersionId", policy.version_id()).number("AttachmentCount", attachments);
  xml.number("PermissionsBoundaryUsageCount", 0).flag("IsAttachable", true);
  xml.text("CreateDate", time_text(policy.created_ms)).text("UpdateDate", time_text(policy.updated_ms));
}

Wire<iam::ManagedPolicy> policy_of(iam::Identities& identities, const QueryCall& call) {
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  return wire(identities.policy(arn));
}

void describe_version(const iam::ManagedPolicy& policy, bool with_document, XmlWriter& xml) {
  if (with_document) xml.text("Document", percent_encode(policy.document->text()));
  xml.text("VersionId", policy.version_id()).flag("IsDefaultVersion", true).text("CreateDate", time_text(policy.updated_ms));
}

}  // namespace

QueryResult create_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_CHECK_OK(refuse_members(call, {"Tags"}));
  EYRIE_TRY(const std::string name, required(call, "PolicyName"));
  EYRIE_TRY(iam::PolicyPtr document, policy_document(call));
  const std::string description = call.get("Description");
  if (description.size() > 1000) return invalid("1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000");
  EYRIE_TRY(const iam::ManagedPolicy policy,
            wire(identities.create_policy(name, path_of(call), description, std::move(document))));
  xml.open("Policy");
  describe(policy, 0, xml);
  xml.close("Policy");
  return {};
}

QueryResult get_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::ManagedPolicy policy, policy_of(identities, call));
  xml.open("Policy");
  describe(policy, identities.attachments(policy.arn()), xml);
  if (!policy.description.empty()) xml.text("Description", policy.description);
  xml.close("Policy");
  return {};
}

QueryResult get_policy_version(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::ManagedPolicy policy, policy_of(identities, call));
  EYRIE_TRY(const std::string version, required(call, "VersionId"));
  if (version != policy.version_id()) {
    return std::unexpected(
        aws::WireError{404, "NoSuchEntity", "Policy " + policy.arn() + " version " + version + " does not exist or is not attachable."});
  }
  xml.open("PolicyVersion");
  describe_version(policy, true, xml);
  xml.close("PolicyVersion");
  return {};
}

// The one that is there goes: a policy has one version at a time.
QueryResult create_policy_version(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  EYRIE_TRY(iam::PolicyPtr document, policy_document(call));
  if (call.get("SetAsDefault") != "true")
    return std::unexpected(aws::WireError{501, "NotImplemented", "A version that is not the default is not supported by Eyrie: SetAsDefault must be true."});
  EYRIE_TRY(const iam::ManagedPolicy policy, wire(identities.set_policy_document(arn, std::move(document))));
  xml.open("PolicyVersion");
  describe_version(policy, false, xml);
  xml.close("PolicyVersion");
  return {};
}

QueryResult list_policy_versions(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::ManagedPolicy policy, policy_of(identities, call));
  return write_page(call, xml, "Versions", std::vector{policy}, std::mem_fn(&iam::ManagedPolicy::version_id),
                    [&xml](const iam::ManagedPolicy& one) { describe_version(one, false, xml); });
}

QueryResult list_policies(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  const std::string prefix = call.optional("PathPrefix").value_or("/");
  const std::string scope = call.optional("Scope").value_or("All");
  if (scope != "All" && scope != "AWS" && scope != "Local")
    return invalid("1 validation error detected: Value '" + scope + "' at 'scope' failed to satisfy constraint: Member must satisfy enum value set: [All, AWS, Local]");
  const bool only_boundaries = call.get("PolicyUsageFilter") == "PermissionsBoundary";
  const bool only_attached = call.get("OnlyAttached") == "true";
  std::vector<iam::ManagedPolicy> policies = identities.policies();
  std::erase_if(policies, [&](const iam::ManagedPolicy& policy) {
    return scope == "AWS" || only_boundaries || !policy.path.starts_with(prefix) ||
           (only_attached && identities.attachments(policy.arn()) == 0);
  });
  return write_page(call, xml, "Policies", policies, std::mem_fn(&iam::ManagedPolicy::name), [&](const iam::ManagedPolicy& policy) {
    describe(policy, identities.attachments(policy.arn()), xml);
  });
}

QueryResult delete_policy(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  return wire(identities.delete_policy(arn));
}

}  // namespace eyrie::api::iam_api
