// GetObjectAttributes: what is known of an object beside its bytes, checksums and parts among it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/s3/service.h"

namespace eyrie::api::s3 {

// What a header that lists names says, which may come several times; empty names too, where there is a comma.
std::vector<std::string> names_in_header(const net::Headers& headers, std::string_view header);

OperationResult get_object_attributes(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
