// CopyObject: an object's bytes under another key (or the same), with the source's description or a new one.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult copy_object(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
