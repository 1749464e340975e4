// Which IAM actions on which resources an S3 request needs, asked for before it is served.
// Source: Amazon S3 user guide, "Required permissions for Amazon S3 API operations"; service authorization reference, "Actions,
// resources, and condition keys for Amazon S3". Thread-safe: plain functions.
#pragma once

#include <optional>
#include <string_view>

#include "api/common/caller.h"
#include "api/s3/object/copy_source.h"
#include "api/s3/request.h"
#include "aws/sigv4.h"

namespace eyrie::api::s3 {

// s3:prefix, s3:signatureAge, s3:x-amz-* and so on, told when a policy asks, while `objects` and the request's context are there. The tags of a copy's source
// are read from `objects`, where a policy asks what tags the copy is to have.
ValuesOf values_of(store::ObjectStore& objects, const Request& request, const aws::Authorization& authorization, std::int64_t now_ms);

// AccessDenied, or nullopt. DeleteObjects is asked for key by key, what is told by bodies (CreateBucket, PutObjectTagging) by the functions below, as they are
// served.
std::optional<aws::WireError> permit(const Request& request, std::string_view operation);

// One more action on a resource, as an AccessDenied where it may not be. `more`: what it says of itself, beside the request.
std::optional<aws::WireError> permit(const Request& request, std::string_view action, const std::string& resource,
                                     const iam::ConditionValues& more = {});

// Again, where what was permitted rested on other tags than those of the object that was opened or looked at since (the request's, or a copy's source).
std::optional<aws::WireError> permit_as_found(const Request& request, const store::ObjectInfo& object);

// CreateBucket, where `region` is what its body tells (s3:LocationConstraint); empty: nothing.
std::optional<aws::WireError> permit_creation(const Request& request, std::string_view region);
// PutObjectTagging of these.
std::optional<aws::WireError> permit_tagging(const Request& request, const store::StringMap& tags);
// That a copy has the source's tags, which are these.
std::optional<aws::WireError> permit_tags_of_source(const Request& request, const CopySource& source, const store::StringMap& tags);

// Whether a key is there is told only to those who may list the bucket: to others an absent one is denied, as by S3.
aws::WireError hide_absence(const Request& request, std::string_view operation, aws::WireError error);

}  // namespace eyrie::api::s3
