// PutObject: the body streams into the store; every digest that the client told is verified before the object
// exists.
#pragma once

#include "api/s3/service.h"
#include "aws/sigv4.h"

namespace eyrie::api::s3 {

BeginResult begin_put_object(Backend& backend, const Request& request,
                             const aws::Authorization& authorization,
                             const aws::VerifiedSignature& signature);

// UploadPart: the same, into a multipart upload (multipart.h).
BeginResult begin_upload_part(Backend& backend, const Request& request,
                              const aws::Authorization& authorization,
                              const aws::VerifiedSignature& signature);

}  // namespace eyrie::api::s3
