// PostObject: an upload by a browser's form. The policy in it, signed, is the permission; the file streams into the store.
// Source: S3 API reference, "POST Object"; S3 user guide, "Browser-based uploads using POST".
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

// Whether a POST to a bucket brings a form.
bool is_form(const Request& request);

BeginResult begin_post_object(Backend& backend, const Door& door, const Request& request);

}  // namespace eyrie::api::s3
