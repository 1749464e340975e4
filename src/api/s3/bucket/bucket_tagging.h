// The tags of a bucket: at most 50.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

inline constexpr const char* kBucketTagsSetting = "tagging";

OperationResult get_bucket_tagging(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_bucket_tagging(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket_tagging(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
