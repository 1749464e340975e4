// Reading objects: GetObject, HeadObject.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult get_object(Backend& backend, const Request& request, const Bytes& body);
OperationResult head_object(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
