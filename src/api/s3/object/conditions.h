// If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since of a read, and the same of a copy's source.
// Source: RFC 9110, section 13.2.2. Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "aws/wire_error.h"
#include "net/http.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

// The entity tag without quotes and without W/.
std::string_view unquoted(std::string_view etag);

// What the headers PREFIX + "If-Match" and so on say of the object: nullopt where they hold, else 412, or 304 where the
// object is as the client knows it. Of a match and a time the match counts; an If-Modified-Since that is yet to come says nothing.
std::optional<aws::WireError> check_conditions(const net::Headers& headers, std::string_view prefix,
                                               const store::ObjectInfo& object, std::int64_t now_ms);

}  // namespace eyrie::api::s3
