#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>

#include "crypto/require.h"

namespace eyrie::crypto {
namespace {

// Fetching an algorithm by name takes locks and a look-up; once is enough.
const EVP_MD* algorithm_of(DigestAlgorithm algorithm) {
  static const EVP_MD* const kFetched[] = {EVP_MD_fetch(nullptr, "MD5", nullptr),
                                           EVP_MD_fetch(nullptr, "SHA1", nullptr),
                                           EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                           EVP_MD_fetch(nullptr, "SHA512", nullptr)};
  const EVP_MD* fetched = kFetched[static_cast<int>(algorithm)];
  require(fetched != nullptr, "fetch of a digest");
  return fetched;
}

}  // namespace

namespace internal {

void DigestContext::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

DigestContext::DigestContext(DigestAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  require(context_ != nullptr && EVP_DigestInit_ex2(context_.get(), algorithm_of(algorithm), nullptr) == 1,
          "digest init");
}

void DigestContext::update(ByteView bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "digest update");
}

void DigestContext::finish(std::span<std::uint8_t> into) {
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_.get(), into.data(), &size) == 1 && size == into.size(), "digest final");
  require(EVP_DigestInit_ex2(context_.get(), algorithm_of(algorithm_), nullptr) == 1, "digest init");
}

void DigestContext::peek(std::span<std::uint8_t> into) const {
  const std::unique_ptr<evp_md_ctx_st, Free> copy(EVP_MD_CTX_new());
  unsigned size = 0;
  require(copy != nullptr && EVP_MD_CTX_copy_ex(copy.get(), context_.get()) == 1, "digest copy");
  require(EVP_DigestFinal_ex(copy.get(), into.data(), &size) == 1 && size == into.size(), "digest final");
}

}  // namespace internal

namespace {

// RFC 2104; both have blocks of 64 bytes.
template <typename Hash>
typename Hash::Value hmac(ByteView key, ByteView data) {
  constexpr std::size_t kBlock = 64;
  thread_local Hash digest;
  std::array<std::uint8_t, kBlock> block{};
  if (key.size() > kBlock) {
    digest.update(key);
    const auto hashed = digest.finish();
    std::memcpy(block.data(), hashed.data(), hashed.size());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  std::array<std::uint8_t, kBlock> inner, outer;
  for (std::size_t i = 0; i < kBlock; ++i) {
    inner[i] = block[i] ^ 0x36;
    outer[i] = block[i] ^ 0x5c;
  }
  digest.update(inner);
  digest.update(data);
  const auto inside = digest.finish();
  digest.update(outer);
  digest.update(inside);
  OPENSSL_cleanse(block.data(), block.size());
  return digest.finish();
}

}  // namespace

Sha256::Value sha256(ByteView bytes) {
  thread_local Sha256 digest;
  digest.update(bytes);
  return digest.finish();
}

Md5::Value md5(ByteView bytes) {
  thread_local Md5 digest;
  digest.update(bytes);
  return digest.finish();
}

std::array<std::uint8_t, 32> hmac_sha256(ByteView key, ByteView data) { return hmac<Sha256>(key, data); }

Sha1::Value hmac_sha1(ByteView key, ByteView data) { return hmac<Sha1>(key, data); }

bool constant_time_equal(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace eyrie::crypto
