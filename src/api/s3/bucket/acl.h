// Access lists (ACLs). Buckets and objects are their owner's alone here, whatever a bucket's ownership says: a list that says no more is taken, any other
// is refused as AWS refuses it: AccessControlListNotSupported where the bucket has none (BucketOwnerEnforced), AccessDenied where public lists are
// blocked, and NotImplemented where AWS would take it.
//
// Source: S3 user guide, "Access control list (ACL) overview", "Controlling ownership of objects and disabling ACLs for your bucket". Thread-safe: plain
// functions.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

// Whom a list lets in beside the owner: the most that one of its grants does.
enum class Grantees { kNobody, kOthers, kEverybody };

// The grantees of an x-amz-grant-* header: id="...", uri="...", separated by commas.
std::expected<Grantees, aws::WireError> parse_grantees(std::string_view name, std::string_view value);
// Of an AccessControlPolicy document.
std::expected<Grantees, aws::WireError> parse_policy_xml(ByteView xml);

// Whether the list that the headers tell (x-amz-acl, x-amz-grant-*) may be that of a new object; nullopt where it may.
std::optional<aws::WireError> check_object_acl(Backend& backend, const Request& request);
// Of a new bucket of this ownership ("BucketOwnerEnforced").
std::optional<aws::WireError> check_new_bucket_acl(const Request& request, std::string_view ownership);
// Whether the headers tell one at all that is not the default.
bool tells_acl(const net::Headers& headers);

OperationResult get_acl(Backend& backend, const Request& request, const Bytes& body);  // of a bucket or an object
OperationResult put_acl(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
