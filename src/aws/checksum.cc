#include "aws/checksum.h"

// Within this file: no library is needed at run time.
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zlib.h>

#include <array>
#include <cstring>

#include "aws/crc64.h"
#include "aws/crc_slices.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "net/http.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace eyrie::aws {
namespace {

struct Entry {
  ChecksumAlgorithm algorithm;
  std::string_view name;
  std::string_view header;
  std::size_t size;
};
constexpr Entry kEntries[] = {
    {ChecksumAlgorithm::kCrc32, "CRC32", "x-amz-checksum-crc32", 4},
    {ChecksumAlgorithm::kCrc32c, "CRC32C", "x-amz-checksum-crc32c", 4},
    {ChecksumAlgorithm::kCrc64Nvme, "CRC64NVME", "x-amz-checksum-crc64nvme", 8},
    {ChecksumAlgorithm::kSha1, "SHA1", "x-amz-checksum-sha1", 20},
    {ChecksumAlgorithm::kSha256, "SHA256", "x-amz-checksum-sha256", 32},
    {ChecksumAlgorithm::kSha512, "SHA512", "x-amz-checksum-sha512", 64},
    {ChecksumAlgorithm::kMd5, "MD5", "x-amz-checksum-md5", 16},
    {ChecksumAlgorithm::kXxHash64, "XXHASH64", "x-amz-checksum-xxhash64", 8},
    {ChecksumAlgorithm::kXxHash3, "XXHASH3", "x-amz-checksum-xxhash3", 8},
    {ChecksumAlgorithm::kXxHash128, "XXHASH128", "x-amz-checksum-xxhash128", 16},
};

const Entry& entry(ChecksumAlgorithm algorithm) {
  return kEntries[static_cast<std::size_t>(algorithm)];
}

template <typename Word>
Bytes big_endian(Word value) {
  Bytes bytes(sizeof(Word));
  for (std::size_t i = 0; i < sizeof(Word); ++i) {
    bytes[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(Word) - 1 - i)));
  }
  return bytes;
}

class Crc32 final : public Checksum {
 public:
  void update(ByteView piece) override {
    crc_ = static_cast<std::uint32_t>(crc32_z(crc_, piece.data(), piece.size()));
  }
  Bytes digest() override { return big_endian(crc_); }

 private:
  std::uint32_t crc_ = 0;
};

constexpr Slices<std::uint32_t> kCastagnoli = make_slices<std::uint32_t>(0x82F63B78U);

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_hardware(std::uint32_t crc, ByteView piece) {
  const std::uint8_t* at = piece.data();
  std::size_t left = piece.size();
  std::uint64_t wide = crc;
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; left > 0; ++at, --left) narrow = _mm_crc32_u8(narrow, *at);
  return narrow;
}
bool has_crc32c_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2");
  return has;
}
#else
std::uint32_t crc32c_hardware(std::uint32_t crc, ByteView piece) {
  return sliced(kCastagnoli, crc, piece);
}
bool has_crc32c_instruction() {
  return false;
}
#endif

class Crc32c final : public Checksum {
 public:
  void update(ByteView piece) override {
    crc_ = has_crc32c_instruction() ? crc32c_hardware(crc_, piece) : sliced(kCastagnoli, crc_, piece);
  }
  Bytes digest() override { return big_endian(~crc_); }

 private:
  std::uint32_t crc_ = ~0U;
};

class Crc64Nvme final : public Checksum {
 public:
  void update(ByteView piece) override { crc_ = crc64_nvme(crc_, piece); }
  Bytes digest() override { return big_endian(~crc_); }

 private:
  std::uint64_t crc_ = ~0ULL;
};

template <typename Digest>
class Hash final : public Checksum {
 public:
  void update(ByteView piece) override { digest_.update(piece); }
  Bytes digest() override {
    const auto value = digest_.finish();
    return Bytes(value.begin(), value.end());
  }

 private:
  Digest digest_;
};

class XxHash64 final : public Checksum {
 public:
  XxHash64() { XXH64_reset(&state_, 0); }
  void update(ByteView piece) override { XXH64_update(&state_, piece.data(), piece.size()); }
  Bytes digest() override { return big_endian(XXH64_digest(&state_)); }

 private:
  XXH64_state_t state_;
};

// Of 64 or 128 bits.
template <bool wide>
class XxHash3 final : public Checksum {
 public:
  XxHash3() {
    if constexpr (wide) XXH3_128bits_reset(&state_);
    else XXH3_64bits_reset(&state_);
  }
  void update(ByteView piece) override {
    if constexpr (wide) XXH3_128bits_update(&state_, piece.data(), piece.size());
    else XXH3_64bits_update(&state_, piece.data(), piece.size());
  }
  Bytes digest() override {
    if constexpr (!wide) return big_endian(XXH3_64bits_digest(&state_));
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(&state_));
    return Bytes(std::begin(canonical.digest), std::end(canonical.digest));
  }

 private:
  XXH3_state_t state_;
};

}  // namespace

std::unique_ptr<Checksum> Checksum::create(ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case ChecksumAlgorithm::kCrc32:
      return std::make_unique<Crc32>();
    case ChecksumAlgorithm::kCrc32c:
      return std::make_unique<Crc32c>();
    case ChecksumAlgorithm::kCrc64Nvme:
      return std::make_unique<Crc64Nvme>();
    case ChecksumAlgorithm::kSha1:
      return std::make_unique<Hash<crypto::Sha1>>();
    case ChecksumAlgorithm::kSha256:
      return std::make_unique<Hash<crypto::Sha256>>();
    case ChecksumAlgorithm::kSha512:
      return std::make_unique<Hash<crypto::Sha512>>();
    case ChecksumAlgorithm::kMd5:
      return std::make_unique<Hash<crypto::Md5>>();
    case ChecksumAlgorithm::kXxHash64:
      return std::make_unique<XxHash64>();
    case ChecksumAlgorithm::kXxHash3:
      return std::make_unique<XxHash3<false>>();
    case ChecksumAlgorithm::kXxHash128:
      return std::make_unique<XxHash3<true>>();
  }
  return nullptr;
}

std::string Checksum::base64() {
  return base64_encode(digest());
}

std::string_view checksum_name(ChecksumAlgorithm algorithm) {
  return entry(algorithm).name;
}
std::string_view checksum_header(ChecksumAlgorithm algorithm) {
  return entry(algorithm).header;
}
std::size_t checksum_size(ChecksumAlgorithm algorithm) {
  return entry(algorithm).size;
}

std::optional<ChecksumAlgorithm> checksum_by_name(std::string_view name) {
  for (const Entry& e : kEntries) {
    if (net::equals_ignore_case(e.name, name)) return e.algorithm;
  }
  return std::nullopt;
}

std::optional<ChecksumAlgorithm> checksum_by_header(std::string_view header) {
  for (const Entry& e : kEntries) {
    if (net::equals_ignore_case(e.header, header)) return e.algorithm;
  }
  return std::nullopt;
}

}  // namespace eyrie::aws
