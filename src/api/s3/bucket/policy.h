// Bucket policies. They are stored as they were put and judged with each request of a user (iam/access_control.h). Of anonymous requests
// some are refused whatever a policy says.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult get_bucket_policy(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_bucket_policy(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket_policy(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_bucket_policy_status(Backend& backend, const Request& request, const Bytes& body);

// Why nobody unsigned may make this request, whatever the bucket's policy allows; nullopt where the policy decides.
std::optional<aws::WireError> check_anonymous(Backend& backend, const Request& request);

}  // namespace eyrie::api::s3
