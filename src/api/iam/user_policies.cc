#include "api/iam/operations.h"
#include "base/encoding.h"

namespace eyrie::api::iam_api {
namespace {

Wire<iam::User> user_of(iam::Identities& identities, const QueryCall& call) {
  EYRIE_TRY(const std::string name, required(call, "UserName"));
  return wire(identities.user(name));
}

}  // namespace

QueryResult attach_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string user, required(call, "UserName"));
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  return wire(identities.attach(user, arn));
}

QueryResult detach_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string user, required(call, "UserName"));
  EYRIE_TRY(const std::string arn, required(call, "PolicyArn"));
  return wire(identities.detach(user, arn));
}

QueryResult list_attached_user_policies(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::User user, user_of(identities, call));
  const std::string prefix = call.optional("PathPrefix").value_or("/");
  std::vector<iam::ManagedPolicy> attached;
  for (const std::string& arn : user.attached) {
    const auto policy = identities.policy(arn);
    if (policy && policy->path.starts_with(prefix)) attached.push_back(*policy);
  }
  return write_page(call, xml, "AttachedPolicies", attached, std::mem_fn(&iam::ManagedPolicy::arn), [&xml](const iam::ManagedPolicy& policy) {
    xml.text("PolicyName", policy.name).text("PolicyArn", policy.arn());
  });
}

QueryResult put_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string user, required(call, "UserName"));
  EYRIE_TRY(const std::string name, required(call, "PolicyName"));
  EYRIE_TRY(iam::PolicyPtr document, policy_document(call));
  return wire(identities.put_user_policy(user, name, std::move(document)));
}

QueryResult get_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::User user, user_of(identities, call));
  EYRIE_TRY(const OwnPolicies::value_type policy, own_policy(call, user.policies, "user"));
  xml.text("UserName", user.name).text("PolicyName", policy.first).text("PolicyDocument", percent_encode(policy.second->text()));
  return {};
}

QueryResult list_user_policies(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const iam::User user, user_of(identities, call));
  return write_policy_names(call, xml, user.policies);
}

QueryResult delete_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string user, required(call, "UserName"));
  EYRIE_TRY(const std::string name, required(call, "PolicyName"));
  return wire(identities.delete_user_policy(user, name));
}

}  // namespace eyrie::api::iam_api
