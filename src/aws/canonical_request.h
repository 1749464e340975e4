// The canonical request of Signature Version 4: one form for signing and verifying.
//
// Paths and queries are given as they stand on the request line (still percent-encoded). What is canonical:
//   path   PathEncoding::kOnce (S3): each byte decoded, then encoded once; dots and double slashes stay.
//          PathEncoding::kTwice (every other service): dot segments and double slashes removed, then the
//          encoded path is encoded again.
//   query  names and values decoded and encoded anew, sorted by name, then value; one parameter may be left
//   out
//          (X-Amz-Signature of a presigned URL).
//   header names in lower case and sorted, values trimmed, inner runs of white space made one, repeated
//   fields joined
//          by commas in order of arrival.
//
// Source: AWS documentation, "Create a signed AWS API request". Pure functions, thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace eyrie::aws {

enum class PathEncoding { kOnce, kTwice };

// The encoding of a service by its name in the credential scope ("s3" and its relations: once).
PathEncoding path_encoding_of(std::string_view service);

struct CanonicalParts {
  std::string_view method;
  std::string_view path;   // encoded, starting with '/'
  std::string_view query;  // encoded, without '?'
  const net::Headers& headers;
  std::span<const std::string> signed_headers;  // lower case, sorted, where it is to fit
  std::string_view payload_hash;                // hex SHA-256 or one of the literals, as x-amz-content-sha256
  PathEncoding encoding = PathEncoding::kTwice;
  std::string_view omitted_parameter = {};  // query parameter to leave out, decoded
};

// nullopt where path or query holds a malformed escape.
std::optional<std::string> canonical_request(const CanonicalParts& parts);

std::optional<std::string> canonical_path(std::string_view path, PathEncoding encoding);
std::optional<std::string> canonical_query(std::string_view query, std::string_view omitted_parameter = {});
// "a  b " -> "a b".
std::string canonical_header_value(std::string_view value);

}  // namespace eyrie::aws
