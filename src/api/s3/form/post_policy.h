// The policy of a POST form: until when it holds, and what each field may be.
//
//   {"expiration": "2026-11-24T12:00:00.000Z",
//    "conditions": [{"bucket": "images"}, ["starts-with", "$key", "uploads/"], ["content-length-range", 1, 5000000]]}
//
// Source: S3 user guide, "POST policy". Thread-safe: plain data.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/wire_error.h"

namespace eyrie::api::s3 {

class PostPolicy {
 public:
  // Names in lower case, what the bucket's name is among them.
  using Fields = std::map<std::string, std::string>;

  // `text`: the JSON, decoded from base64. 400 InvalidPolicyDocument where it is no policy.
  static std::expected<PostPolicy, aws::WireError> parse(std::string_view text);

  // Every condition holds, and no field is without one; else 403 AccessDenied. Those that carry the policy and its signature need
  // none, nor do x-ignore-* and the file.
  std::expected<void, aws::WireError> check(const Fields& fields, std::int64_t now_ms) const;

  // Of the file; every size where the policy tells none.
  std::uint64_t min_bytes() const { return min_bytes_; }
  std::uint64_t max_bytes() const { return max_bytes_; }

 private:
  struct Condition {
    std::string field;  // lower case; empty: names none, and never holds
    std::string value;
    bool prefix = false;
    std::string text;  // as the policy has it, for errors
  };

  std::int64_t expiration_ms_ = 0;
  std::vector<Condition> conditions_;
  std::uint64_t min_bytes_ = 0;
  std::uint64_t max_bytes_ = ~0ULL;
};

}  // namespace eyrie::api::s3
