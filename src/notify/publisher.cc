#include "notify/publisher.h"

#include "aws/account.h"

namespace eyrie::notify {

bool allows_service(const iam::PolicyDocument* policy, std::string_view action, const std::string& resource, const ServiceCall& call) {
  if (policy == nullptr) return false;
  iam::ConditionValues values;
  values.add("aws:SourceArn", call.source_arn);
  values.add("aws:SourceAccount", std::string(aws::kAccount));
  values.add("aws:PrincipalIsAWSService", "true");
  values.add("aws:SecureTransport", "true");  // it does not leave the process
  return iam::evaluate_resource_policy(*policy, iam::Principal::service(call.service),
                                       {.action = action, .resource = resource, .values = values}) == iam::Verdict::kAllow;
}

Publisher* Publishers::find(std::string_view arn) const {
  for (Publisher* publisher : publishers_) {
    if (publisher->takes(arn)) return publisher;
  }
  return nullptr;
}

Status Publishers::may_send(const std::string& arn, const ServiceCall& call) const {
  const Publisher* publisher = find(arn);
  if (publisher == nullptr) return fail(Code::kNotFound, "nothing is called " + arn);
  return publisher->may_send(arn, call);
}

Status Publishers::publish(const std::string& arn, const Publication& publication, const ServiceCall& call) {
  Publisher* publisher = find(arn);
  if (publisher == nullptr) return fail(Code::kNotFound, "nothing is called " + arn);
  return publisher->publish(arn, publication, call);
}

}  // namespace eyrie::notify
