#include "crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>

#include <cstdio>
#include <cstdlib>

namespace eyrie::crypto {
namespace {

void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "eyrie: OpenSSL failed: %s\n", what);
  std::abort();
}

const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  require(fetched != nullptr, "fetch of AES-256-GCM");
  return fetched;
}

}  // namespace

void Aead::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

Aead::Aead(const AeadKey& key) : encrypt_(EVP_CIPHER_CTX_new()), decrypt_(EVP_CIPHER_CTX_new()) {
  require(encrypt_ && decrypt_, "cipher context");
  require(EVP_EncryptInit_ex2(encrypt_.get(), cipher(), key.data(), nullptr, nullptr) == 1, "encrypt init");
  require(EVP_DecryptInit_ex2(decrypt_.get(), cipher(), key.data(), nullptr, nullptr) == 1, "decrypt init");
}

void Aead::seal(const AeadNonce& nonce, ByteView associated, ByteView plain, std::span<std::uint8_t> sealed) {
  EVP_CIPHER_CTX* context = encrypt_.get();
  int length = 0;
  bool ok = sealed.size() == plain.size() + kAeadTagSize &&
            EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
            EVP_EncryptUpdate(context, nullptr, &length, associated.data(), static_cast<int>(associated.size())) == 1;
  if (ok && !plain.empty()) {
    ok = EVP_EncryptUpdate(context, sealed.data(), &length, plain.data(), static_cast<int>(plain.size())) == 1;
  }
  ok = ok && EVP_EncryptFinal_ex(context, sealed.data() + plain.size(), &length) == 1 &&
       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kAeadTagSize, sealed.data() + plain.size()) == 1;
  require(ok, "AES-256-GCM sealing");
}

bool Aead::open(const AeadNonce& nonce, ByteView associated, ByteView sealed, std::span<std::uint8_t> plain) {
  if (sealed.size() < kAeadTagSize || plain.size() != sealed.size() - kAeadTagSize) return false;
  EVP_CIPHER_CTX* context = decrypt_.get();
  std::array<std::uint8_t, kAeadTagSize> tag;
  std::copy_n(sealed.data() + plain.size(), kAeadTagSize, tag.data());
  int length = 0;
  bool ok = EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
            EVP_DecryptUpdate(context, nullptr, &length, associated.data(), static_cast<int>(associated.size())) == 1;
  if (ok && !plain.empty()) {
    ok = EVP_DecryptUpdate(context, plain.data(), &length, sealed.data(), static_cast<int>(plain.size())) == 1;
  }
  std::uint8_t unused[kAeadTagSize];
  return ok && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kAeadTagSize, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(context, unused, &length) == 1;
}

}  // namespace eyrie::crypto
