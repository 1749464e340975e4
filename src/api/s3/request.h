// An S3 request taken apart: bucket, key, query.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>

#include "api/service.h"
#include "aws/wire_error.h"

namespace eyrie::api::s3 {

inline constexpr std::size_t kMaxKeyBytes = 1024;

struct Request {
  ContextPtr context;
  std::string bucket;  // empty: the service itself
  std::string key;     // empty: the bucket itself
  std::map<std::string, std::string> query;

  const net::Headers& headers() const { return context->head.headers; }
  bool has(const std::string& name) const { return query.contains(name); }
  std::string get(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? "" : found->second;
  }
};

// The bucket that a Host header names (bucket.localhost, bucket.s3.*), "" in path style.
std::string bucket_of_host(std::string_view host);

// Path style (/bucket/key) and virtual-host style (bucket.localhost, bucket.s3.*).
std::expected<Request, aws::WireError> parse_request(ContextPtr context);

// Headers that a presigned URL (Signature Version 4) carries in its query, as some SDKs move them there: metadata, ACL, storage class, encryption, the
// bucket's owner. Adds them to the request's headers, but for those that it has. To be called once the signature, which is over them, is known to be sound.
// Others that are moved there are not looked at: checksums, which SDKs sign for an empty body, and tags, which S3 takes as a header alone.
void take_headers_of_url(Context& context);

// S3's rules for general-purpose buckets' names.
bool valid_bucket_name(std::string_view name);

}  // namespace eyrie::api::s3
