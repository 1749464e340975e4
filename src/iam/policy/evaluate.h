// What policies say of one request: an explicit Deny wins, then an Allow, else nothing is said (which refuses).
//
// Where a statement cannot be judged (a condition on a key that Eyrie does not tell, a variable without a value), an Allow does
// not apply and a Deny does: what is not understood never opens anything.
// Source: IAM user guide, "Policy evaluation logic". Thread-safe: pure functions.
#pragma once

#include <string_view>

#include "iam/policy/document.h"
#include "iam/principal.h"

namespace eyrie::iam {

struct AccessRequest {
  std::string_view action;    // "s3:GetObject"
  std::string_view resource;  // its ARN, or "*" where the action has none
  const ConditionValues& values;
};

enum class Verdict { kSilent, kAllow, kDeny };

// Of one document of the asking identity.
Verdict evaluate(const PolicyDocument& policy, const AccessRequest& request);

// Of a document of the resource. Principals are told by ARN or unique id, sessions of a role by the role's too; who is anonymous is nobody but "*". One that names the whole account allows nothing by itself
// but to the root user (its users need policies of their own) and denies all.
Verdict evaluate_resource_policy(const PolicyDocument& policy, const Principal& principal, const AccessRequest& request);

}  // namespace eyrie::iam
