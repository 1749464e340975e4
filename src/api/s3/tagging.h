// Object tags: as query text (x-amz-tagging), as XML, and their operations. At most 10, keys to 128 characters, values to 256.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

// "a=1&b=2", form-encoded.
std::expected<store::StringMap, aws::WireError> parse_tag_header(std::string_view text);

OperationResult get_object_tagging(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_object_tagging(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_object_tagging(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
