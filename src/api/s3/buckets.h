// Operations on buckets.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult list_buckets(Backend& backend, const Request& request, const Bytes& body);
OperationResult create_bucket(Backend& backend, const Request& request, const Bytes& body);
OperationResult head_bucket(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_bucket_location(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
