// The checksums of x-amz-checksum-*: CRCs, digests and xxHashes, fed piece by piece.
//
//   auto sum = Checksum::create(ChecksumAlgorithm::kCrc32c);
//   sum->update(piece); ...
//   sum->base64() == head.headers.get(checksum_header(ChecksumAlgorithm::kCrc32c))
//
// CRCs and xxHashes (their canonical form, seed 0) are written big-endian in base64, as AWS does. CRC32C uses the processor's instruction where there is
// one.
//
// Source: RFC 3720 (CRC32C), NVM Express NVM Command Set 1.0 (CRC-64), xxHash's specification, AWS
// documentation, "Checking object integrity". Not thread-safe: one Checksum a body.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace eyrie::aws {

enum class ChecksumAlgorithm { kCrc32, kCrc32c, kCrc64Nvme, kSha1, kSha256, kSha512, kMd5, kXxHash64, kXxHash3, kXxHash128 };

class Checksum {
 public:
  static std::unique_ptr<Checksum> create(ChecksumAlgorithm algorithm);
  virtual ~Checksum() = default;
  virtual void update(ByteView piece) = 0;
  virtual Bytes digest() = 0;  // once, at the end
  std::string base64();        // digest(), encoded
};

// "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128".
std::string_view checksum_name(ChecksumAlgorithm algorithm);
std::optional<ChecksumAlgorithm> checksum_by_name(std::string_view name);  // case does not matter
// "x-amz-checksum-crc32c".
std::string_view checksum_header(ChecksumAlgorithm algorithm);
std::optional<ChecksumAlgorithm> checksum_by_header(std::string_view header);  // case does not matter
// Bytes of a digest.
std::size_t checksum_size(ChecksumAlgorithm algorithm);

}  // namespace eyrie::aws
