// GetObjectAttributes: what is known of an object beside its bytes, checksums and parts among it.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult get_object_attributes(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
