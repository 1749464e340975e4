// Which pages of other origins a browser may let use a bucket: PutBucketCors, GetBucketCors, DeleteBucketCors, the preflight, and
// the headers of other answers. Source: S3 user guide, "Using cross-origin resource sharing"; the Fetch standard, "CORS protocol".
// Thread-safe: plain functions.
#pragma once

#include <cstdint>

#include "api/s3/service.h"

namespace eyrie::api::s3 {

struct CorsRule {
  std::string id;
  std::vector<std::string> origins, methods, headers, exposed;  // at most one '*' in each origin and header
  std::optional<std::uint32_t> max_age_s;
};

// <CORSConfiguration>: 1 to 100 rules.
std::expected<std::vector<CorsRule>, aws::WireError> parse_cors(std::string_view xml);
std::string write_cors(const std::vector<CorsRule>& rules);

// Whether `text` is like `pattern`, whose '*' stands for any text.
bool matches_wildcard(std::string_view pattern, std::string_view text);

OperationResult put_bucket_cors(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_bucket_cors(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket_cors(Backend& backend, const Request& request, const Bytes& body);

// OPTIONS, which nobody signs.
net::Response preflight(Backend& backend, const Request& request);
// What an answer to this request says to a browser; empty where it has no Origin or no rule permits it.
net::Headers cors_headers(Backend& backend, const Request& request);

}  // namespace eyrie::api::s3
