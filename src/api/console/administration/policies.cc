// Managed policies, named by their names: those are unique whatever the path.
#include "api/console/operations.h"
#include "base/time/clock.h"
#include "iam/policy/identity_policy.h"

namespace eyrie::api::console {
namespace {

json::object policy_json(const iam::Identities& identities, const iam::ManagedPolicy& policy) {
  return {{"name", policy.name},
          {"arn", policy.arn()},
          {"description", policy.description},
          {"version", policy.version_id()},
          {"created", format_iso8601(policy.created_ms)},
          {"updated", format_iso8601(policy.updated_ms)},
          {"attachments", identities.attachments(policy.arn())}};
}

json::object with_document(const iam::Identities& identities, const iam::ManagedPolicy& policy) {
  json::object object = policy_json(identities, policy);
  object["document"] = policy.document->text();
  return object;
}

// The policy that the path names, where the visitor may do this to it.
Outcome<iam::ManagedPolicy> policy_for(const Call& call, std::string_view action) {
  EYRIE_TRY(const Administration* administration, call.administration());
  auto policy = administration->identities.policy_named(call.id);
  EYRIE_CHECK_OK(call.may_on(action, policy ? policy->arn() : aws::iam_arn("policy/" + call.id)));
  return told(std::move(policy));
}

Outcome<iam::PolicyPtr> document_in(const Members& members) {
  EYRIE_TRY(const std::string text, told(members.text("document")));
  EYRIE_TRY(iam::PolicyDocument document, told(iam::PolicyDocument::parse(text)));
  EYRIE_CHECK_OK(told(iam::check_identity_policy(document)));
  return std::make_shared<const iam::PolicyDocument>(std::move(document));
}

}  // namespace

Outcome<Answer> list_policies(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on("iam:ListPolicies", aws::iam_arn("policy/")));
  json::array policies;
  for (const iam::ManagedPolicy& policy : administration->identities.policies()) policies.push_back(policy_json(administration->identities, policy));
  return Answer{.body = json::object{{"policies", std::move(policies)}}};
}

Outcome<Answer> create_policy(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on("iam:CreatePolicy", aws::iam_arn("policy/*")));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"name", "description", "document"})));
  EYRIE_TRY(const std::string name, told(members.text("name")));
  EYRIE_TRY(const auto description, told(members.optional_text("description")));
  if (description && description->size() > 1000) return refused(Code::kInvalidArgument, "description has at most 1000 characters.");
  EYRIE_TRY(iam::PolicyPtr document, document_in(members));
  EYRIE_TRY(const iam::ManagedPolicy policy, told(administration->identities.create_policy(name, "/", description.value_or(""), std::move(document))));
  call.note("iam:CreatePolicy", policy.arn());
  return Answer{.status = 201, .body = with_document(administration->identities, policy)};
}

Outcome<Answer> get_policy(const Call& call) {
  EYRIE_TRY(const iam::ManagedPolicy policy, policy_for(call, "iam:GetPolicyVersion"));
  return Answer{.body = with_document(call.backend.administration->identities, policy)};
}

Outcome<Answer> put_policy(const Call& call) {
  EYRIE_TRY(const iam::ManagedPolicy before, policy_for(call, "iam:CreatePolicyVersion"));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"document"})));
  EYRIE_TRY(iam::PolicyPtr document, document_in(members));
  iam::Identities& identities = call.backend.administration->identities;
  EYRIE_TRY(const iam::ManagedPolicy policy, told(identities.set_policy_document(before.arn(), std::move(document))));
  call.note("iam:CreatePolicyVersion", policy.arn());
  return Answer{.body = with_document(identities, policy)};
}

Outcome<Answer> delete_policy(const Call& call) {
  EYRIE_TRY(const iam::ManagedPolicy policy, policy_for(call, "iam:DeletePolicy"));
  EYRIE_CHECK_OK(told(call.backend.administration->identities.delete_policy(policy.arn())));
  call.note("iam:DeletePolicy", policy.arn());
  return Answer{.status = 204, .body = nullptr};
}

}  // namespace eyrie::api::console
