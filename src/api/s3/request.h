// An S3 request taken apart: bucket, key, query.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>

#include "api/common/service.h"
#include "aws/sigv4.h"
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

// The first value of each parameter. nullopt where an escape is malformed or what is escaped is no UTF-8.
std::optional<std::map<std::string, std::string>> parse_query(const net::RequestHead& head);

// The bucket that a Host header names (bucket.localhost, bucket.s3.*), "" in path style.
std::string bucket_of_host(std::string_view host);

// Path style (/bucket/key) and virtual-host style (bucket.localhost, bucket.s3.*).
std::expected<Request, aws::WireError> parse_request(ContextPtr context);

// Headers that a presigned URL carries in its query. Adds them to the request's headers, but for those that it has. To be called once the signature, which is
// over them, is known to be sound. Of version 4, where some SDKs move there what could be a header: metadata, ACL, storage class, encryption, the bucket's
// owner; not checksums, which they sign for an empty body, and not tags, which S3 takes as a header alone. Of version 2: whatever counts (aws/sigv2.h).
void take_headers_of_url(Context& context, const aws::Authorization& claim);

// What makes a request ambiguous: a header of S3's that comes twice, of which a policy could be shown one and the operation take the other; a version named
// where one is made.
std::optional<aws::WireError> check_unambiguous(const Request& request, std::string_view operation);

// x-amz-expected-bucket-owner, and that of a copy's source: AccessDenied where the bucket's owner is another, InvalidBucketOwnerAWSAccountID where it is no
// account.
std::optional<aws::WireError> check_expected_owner(const net::Headers& headers, std::string_view name);

// Where the object is to be found, as answers tell it: the whole key is encoded, its slashes too.
std::string object_url(const Request& request);

// S3's rules for general-purpose buckets' names.
bool valid_bucket_name(std::string_view name);

}  // namespace eyrie::api::s3
