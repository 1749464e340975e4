// URLs that let the browser do one request to S3 within five minutes, as aws4_request in the query: the console's pages have no access key.
//
// They are signed with the server's own key. That lends nobody its rights: each is made only for what the visitor may do at that moment, and
// is good for one method, object, and set of headers (an x-amz-* header that is not signed is refused). Relative to the origin that was asked.
// Thread-safe: pure functions.
#pragma once

#include "api/console/operations.h"

namespace eyrie::api::console {

inline constexpr std::int64_t kUrlSeconds = 300;

std::string presigned_get(const Call& call, const Gallery& gallery, const analysis::Picture& picture, const std::string& query);
// `headers`: what the browser must send, beside Host.
std::string presigned_put(const Call& call, const Gallery& gallery, const std::string& bucket, const std::string& key, const net::Headers& headers);

}  // namespace eyrie::api::console
