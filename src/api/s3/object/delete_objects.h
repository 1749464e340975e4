// DeleteObject and DeleteObjects. Source: S3 API reference. Thread-safe: plain functions.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult delete_object(Backend& backend, const Request& request, const Bytes& body);
// Each key is permitted, removed and answered for by itself.
OperationResult delete_objects(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
