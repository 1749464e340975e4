// AES-256-GCM (NIST SP 800-38D) over OpenSSL 3: authenticated encryption with 96-bit nonces and 128-bit tags.
//
//   Aes256Gcm cipher(key);
//   cipher.seal(nonce, aad, plain, sealed);            // sealed: plain.size() + kTagSize bytes, the tag last
//   if (!cipher.open(nonce, aad, sealed, plain)) ...   // forged, damaged or in the wrong place
//
// A nonce must never serve twice with one key. The key's schedule is made once, so keep the object for many
// messages. OpenSSL failing for want of memory ends the process, as in digest.h. Thread safety: one object is
// one thread's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "crypto/secret.h"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

namespace eyrie::crypto {

class Aes256Gcm {
 public:
  static constexpr std::size_t kNonceSize = 12;
  static constexpr std::size_t kTagSize = 16;
  using Nonce = std::array<std::uint8_t, kNonceSize>;

  explicit Aes256Gcm(const SecretKey& key);

  // `sealed` holds plain.size() + kTagSize bytes and may begin where `plain` does.
  void seal(const Nonce& nonce, ByteView aad, ByteView plain, std::span<std::uint8_t> sealed);
  // `plain` holds sealed.size() - kTagSize bytes and may begin where `sealed` does. On false it is wiped.
  bool open(const Nonce& nonce, ByteView aad, ByteView sealed, std::span<std::uint8_t> plain);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, Free>;
  evp_cipher_ctx_st* sealing();
  evp_cipher_ctx_st* opening();

  SecretKey key_;
  Context sealing_, opening_;  // made when first needed
};

}  // namespace eyrie::crypto
