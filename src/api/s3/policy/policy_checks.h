// Whether a document may be a bucket's policy, in the words of S3, which differ from IAM's (iam/policy/document.h).
// Source: Amazon S3 API reference, PutBucketPolicy; user guide, "Bucket policies". Thread-safe: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "aws/wire_error.h"
#include "base/json.h"

namespace eyrie::api::s3 {

// Whether a principal ("arn:aws:iam::ACCOUNT:user/ann", an account, a unique id) is somebody.
using PrincipalFinder = std::function<bool(const std::string& name)>;

// MalformedPolicy, or nullopt: elements that are missing, empty or unknown; principals that do not exist; actions and condition keys that S3 does not know; resources of other
// buckets; actions and conditions that say nothing of any resource there. Beside this the grammar is to be checked.
std::optional<aws::WireError> check_bucket_policy(const json::value& document, const std::string& bucket, const PrincipalFinder& exists);

}  // namespace eyrie::api::s3
