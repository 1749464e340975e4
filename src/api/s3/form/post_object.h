// PostObject: an upload by a browser's form. The policy in it, signed, is the permission; the file streams into the store.
// Source: S3 API reference, "POST Object"; S3 user guide, "Browser-based uploads using POST".
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

// A POST to a bucket: PreconditionFailed (412) where it brings no form.
BeginResult begin_post_object(Backend& backend, const Door& door, const Request& request);

}  // namespace eyrie::api::s3
