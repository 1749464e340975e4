// ListObjects, versions 1 and 2.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult list_objects_v1(Backend& backend, const Request& request, const Bytes& body);
OperationResult list_objects_v2(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
