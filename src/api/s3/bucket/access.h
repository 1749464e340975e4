// Who owns a bucket's objects and whether anybody else may see them. Eyrie's buckets are as AWS makes them since 2023: private,
// without access lists. What would change that is refused; what says the same is taken.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult get_acl(Backend& backend, const Request& request, const Bytes& body);  // of a bucket or an object
OperationResult put_acl(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_bucket_ownership(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_bucket_ownership(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket_ownership(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_public_access_block(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_public_access_block(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_public_access_block(Backend& backend, const Request& request, const Bytes& body);

// Whether the public access block lets no public policy be put (BlockPublicPolicy), as it does on every new bucket.
// What the bucket's public access block says of policies: that public ones cannot be set; that they let nobody in from outside the account.
std::expected<bool, aws::WireError> blocks_public_policies(Backend& backend, const Request& request);
std::expected<bool, aws::WireError> restricts_public_bucket(Backend& backend, const Request& request);

}  // namespace eyrie::api::s3
