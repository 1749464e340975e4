// AES-256-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags, over OpenSSL 3.
//
// A nonce must never repeat under one key: callers either draw it at random for few messages (KeyRing) or count under a key
// that serves one object only (store/chunk_file.h).
// Thread safety: one object is one thread's; making one is cheap enough per object, not per chunk.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

namespace eyrie::crypto {

inline constexpr std::size_t kAeadKeySize = 32;
inline constexpr std::size_t kAeadNonceSize = 12;
inline constexpr std::size_t kAeadTagSize = 16;

using AeadKey = std::array<std::uint8_t, kAeadKeySize>;
using AeadNonce = std::array<std::uint8_t, kAeadNonceSize>;

class Aead {
 public:
  explicit Aead(const AeadKey& key);

  // `sealed` gets plain.size() + kAeadTagSize bytes; it may not overlap `plain`.
  void seal(const AeadNonce& nonce, ByteView associated, ByteView plain, std::span<std::uint8_t> sealed);
  // False where the tag does not fit: `plain` (sealed.size() - kAeadTagSize bytes) then holds nothing to be used.
  [[nodiscard]] bool open(const AeadNonce& nonce, ByteView associated, ByteView sealed, std::span<std::uint8_t> plain);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> encrypt_, decrypt_;
};

}  // namespace eyrie::crypto
