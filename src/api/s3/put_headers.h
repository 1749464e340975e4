// What the headers of an upload say about the object to be.
#pragma once

#include "api/s3/request.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

inline constexpr std::uint64_t kMaxObjectBytes = 5ULL << 30;  // at once; larger ones come in parts

// Content headers, user metadata, tags and conditions. Refuses what is not supported (locks, redirects) rather
// than pretend. Encryption: object/encryption.h; access lists: bucket/acl.h.
std::expected<store::PutCommit, aws::WireError> parse_put_headers(const Request& request);

}  // namespace eyrie::api::s3
