// Who owns a bucket's objects and whether anybody else may see them. Eyrie's buckets begin as AWS makes them since 2023: private,
// without access lists, all that is public blocked. Thread-safe: plain functions.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

// Of a bucket's objects. The other two are kept and told again: as long as all are one account's, they differ only in that ACLs may be sent (acl.h).
inline constexpr std::string_view kOwnerEnforced = "BucketOwnerEnforced";
bool is_ownership(std::string_view name);
// The setting that a bucket of this ownership begins with.
store::StringMap ownership_setting(std::string_view ownership);
// The bucket's; ObjectWriter where the controls were deleted.
std::expected<std::string, aws::WireError> ownership_of(Backend& backend, const Request& request);

// What the public access block blocks, as it does all on every new bucket. kBuckets: that a public policy lets anybody in from outside the account.
enum class PublicBlock { kAcls = 0, kPolicies = 2, kBuckets = 3 };
std::expected<bool, aws::WireError> blocks_public(Backend& backend, const Request& request, PublicBlock what);

OperationResult get_bucket_ownership(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_bucket_ownership(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket_ownership(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_public_access_block(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_public_access_block(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_public_access_block(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
