// The digests an upload's body must have: x-amz-content-sha256, Content-MD5, and an x-amz-checksum-* told in
// a header or in the trailer. Where none of the last kind is told, CRC64NVME is computed, as S3 does. Not
// thread-safe: one object a body.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/s3/request.h"
#include "aws/checksum.h"
#include "aws/sigv4.h"
#include "crypto/digest.h"

namespace eyrie::api::s3 {

class BodyDigests {
 public:
  using Trailers = std::vector<std::pair<std::string, std::string>>;

  // What x-amz-checksum-* headers speak of: this body, which is an object or a request's; a part of an upload, of one whose parts'
  // checksums make the object's (it must be told then), or another body.
  enum class Checksums { kOfBody, kOfPart, kOfCompositePart, kIgnored };

  // `wanted`: the only algorithm that may be told, and the one computed where none is.
  static std::expected<BodyDigests, aws::WireError> create(
      const Request& request, const aws::Authorization& authorization, Checksums checksums = Checksums::kOfBody,
      std::optional<aws::ChecksumAlgorithm> wanted = std::nullopt);

  // Whether Content-MD5 or a checksum was told, or will be in the trailer.
  bool is_told() const { return !told_md5_hex_.empty() || !told_checksum_.empty() || in_trailer_; }

  void update(ByteView piece);
  // Compares what was told; nullopt: all is well. `md5_hex` is the store's own. The trailers must be those that were announced.
  std::optional<aws::WireError> check(const std::string& md5_hex, const Trailers& trailers);

  // Complete after check().
  std::string checksum_name() const { return std::string(aws::checksum_name(algorithm_)); }
  std::string checksum_header() const { return std::string(aws::checksum_header(algorithm_)); }
  const std::string& checksum() const { return computed_; }

 private:
  BodyDigests() = default;
  std::optional<crypto::Sha256> sha256_;
  std::string told_sha256_;
  std::string told_md5_hex_;
  aws::ChecksumAlgorithm algorithm_ = aws::ChecksumAlgorithm::kCrc64Nvme;
  std::unique_ptr<aws::Checksum> sum_;
  std::string told_checksum_;  // empty: in the trailer, or not told
  bool in_trailer_ = false;
  std::string computed_;
};

}  // namespace eyrie::api::s3
