// Checksums as S3's headers and answers name them. A composite checksum (of a multipart object's parts' checksums) is kept
// with the number of its parts behind a hyphen, which base64 does not have. Thread-safe: plain functions.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "aws/checksum.h"
#include "aws/wire_error.h"
#include "net/http.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

// "crc32c".
std::string lower_name(aws::ChecksumAlgorithm algorithm);

// "COMPOSITE" or "FULL_OBJECT".
std::string_view checksum_type(const store::StringMap& checksums);

// BadDigest: what was told is not what was computed.
aws::WireError bad_checksum(aws::ChecksumAlgorithm algorithm);

// InvalidRequest, of a name that is none of an algorithm.
aws::WireError unsupported_checksum();

// An x-amz-checksum-* header of an algorithm that is not known here: NotImplemented, so that none is kept that nobody has looked at.
std::optional<aws::WireError> check_known_checksums(const net::Headers& headers);

// The algorithm that x-amz-checksum-algorithm names, or the one to use where it is absent.
std::expected<aws::ChecksumAlgorithm, aws::WireError> checksum_algorithm(const net::Headers& headers,
                                                                         aws::ChecksumAlgorithm otherwise);

// x-amz-checksum-ALGORITHM and x-amz-checksum-type.
void set_checksum_headers(net::Headers& headers, const store::StringMap& checksums);

}  // namespace eyrie::api::s3
