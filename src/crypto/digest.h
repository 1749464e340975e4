// Digests over OpenSSL 3: SHA-256, SHA-512, MD5, SHA-1, HMAC-SHA256, HMAC-SHA1 (RFC 6234, RFC 1321, RFC 2104). Algorithms are
// fetched once.
//
//   Sha256 digest;
//   digest.update(piece);
//   std::array<std::uint8_t, 32> value = digest.finish();   // and starts anew
//
// OpenSSL failing here means no memory: the process ends rather than sign or store with a wrong digest.
// Thread safety: functions are; one object is one thread's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace eyrie::crypto {

enum class DigestAlgorithm { kMd5, kSha1, kSha256, kSha512 };

namespace internal {
class DigestContext {
 public:
  explicit DigestContext(DigestAlgorithm algorithm);
  DigestContext(DigestContext&&) noexcept = default;
  DigestContext& operator=(DigestContext&&) noexcept = default;
  ~DigestContext() = default;
  void update(ByteView bytes);
  void finish(std::span<std::uint8_t> into);
  // The digest of all so far; more may follow.
  void peek(std::span<std::uint8_t> into) const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  DigestAlgorithm algorithm_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};
}  // namespace internal

template <DigestAlgorithm algorithm, std::size_t size>
class Digest {
 public:
  static constexpr std::size_t kSize = size;
  using Value = std::array<std::uint8_t, size>;

  void update(ByteView bytes) { context_.update(bytes); }
  Value finish() {
    Value value;
    context_.finish(value);
    return value;
  }
  Value peek() const {
    Value value;
    context_.peek(value);
    return value;
  }

 private:
  internal::DigestContext context_{algorithm};
};

using Md5 = Digest<DigestAlgorithm::kMd5, 16>;
using Sha1 = Digest<DigestAlgorithm::kSha1, 20>;
using Sha256 = Digest<DigestAlgorithm::kSha256, 32>;
using Sha512 = Digest<DigestAlgorithm::kSha512, 64>;

Sha256::Value sha256(ByteView bytes);
Md5::Value md5(ByteView bytes);
std::array<std::uint8_t, 32> hmac_sha256(ByteView key, ByteView data);
// For Signature Version 2 alone.
Sha1::Value hmac_sha1(ByteView key, ByteView data);

// Takes the same time wherever the first difference is. False at once where the sizes differ.
bool constant_time_equal(ByteView a, ByteView b);

}  // namespace eyrie::crypto
