// Versioning, which no bucket has: asked about it is empty, asked for it is refused, and an object's only version is "null".
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult get_bucket_versioning(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_bucket_versioning(Backend& backend, const Request& request, const Bytes& body);
OperationResult list_object_versions(Backend& backend, const Request& request, const Bytes& body);
// A version that no object has; "null" is not one of them.
aws::WireError no_such_version(const Request& request);

}  // namespace eyrie::api::s3
