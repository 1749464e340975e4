// What IAM demands of a new policy of an identity beyond what PolicyDocument::parse() does. Not asked of those that are kept: they are read as they are. Thread-safe: a plain function.
// Source: IAM user guide, "IAM JSON policy elements: Sid" and "Resource"; IAM Access Analyzer's checks, "Missing ARN field".
#pragma once

#include "base/result.h"
#include "iam/policy/document.h"

namespace eyrie::iam {

// No element stands twice; statements' ids are letters and digits; resources are "*" or have all six parts of an ARN, with wildcards and variables within them. kInvalidArgument, in IAM's words.
Status check_identity_policy(const PolicyDocument& policy);

}  // namespace eyrie::iam
