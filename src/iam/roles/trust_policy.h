// A role's trust policy as the policy of a resource: who may act as the role. Source: IAM user guide, "Roles terms and concepts". Thread-safe: a plain function.
#pragma once

#include <string_view>

#include "base/result.h"
#include "iam/policy/document.h"

namespace eyrie::iam {

// The document that check_trust_policy() has found sound, in the form that is evaluated: it is about the one role, so it names no resource.
// kInvalidArgument where it has more than policies of resources have.
Result<PolicyDocument> parse_trust_policy(std::string_view text);

}  // namespace eyrie::iam
