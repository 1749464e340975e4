#include "crypto/aes_gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/require.h"

namespace eyrie::crypto {
namespace {

const EVP_CIPHER* algorithm() {
  static const EVP_CIPHER* const kFetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  require(kFetched != nullptr, "fetch of AES-256-GCM");
  return kFetched;
}

EVP_CIPHER_CTX* make_context(const SecretKey& key, int encrypt) {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  require(context != nullptr &&
              EVP_CipherInit_ex2(context, algorithm(), key.view().data(), nullptr, encrypt, nullptr) == 1,
          "cipher init");
  return context;
}

}  // namespace

void Aes256Gcm::Free::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

Aes256Gcm::Aes256Gcm(const SecretKey& key) : key_(key) {}

evp_cipher_ctx_st* Aes256Gcm::sealing() {
  if (!sealing_) sealing_.reset(make_context(key_, 1));
  return sealing_.get();
}

evp_cipher_ctx_st* Aes256Gcm::opening() {
  if (!opening_) opening_.reset(make_context(key_, 0));
  return opening_.get();
}

void Aes256Gcm::seal(const Nonce& nonce, ByteView aad, ByteView plain, std::span<std::uint8_t> sealed) {
  require(sealed.size() == plain.size() + kTagSize, "size of the sealed message");
  EVP_CIPHER_CTX* context = sealing();
  int size = 0;
  require(EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1, "nonce");
  require(EVP_EncryptUpdate(context, nullptr, &size, aad.data(), static_cast<int>(aad.size())) == 1,
          "associated data");
  // A null input would be taken for "no more data", so nothing is passed on where there is nothing.
  if (!plain.empty()) {
    require(
        EVP_EncryptUpdate(context, sealed.data(), &size, plain.data(), static_cast<int>(plain.size())) == 1,
        "encrypt");
  }
  require(EVP_EncryptFinal_ex(context, sealed.data() + plain.size(), &size) == 1, "encrypt final");
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, sealed.data() + plain.size()) == 1,
          "tag");
}

bool Aes256Gcm::open(const Nonce& nonce, ByteView aad, ByteView sealed, std::span<std::uint8_t> plain) {
  if (sealed.size() < kTagSize) return false;
  require(plain.size() == sealed.size() - kTagSize, "size of the opened message");
  EVP_CIPHER_CTX* context = opening();
  int size = 0;
  std::array<std::uint8_t, kTagSize> tag;
  std::copy(sealed.end() - kTagSize, sealed.end(), tag.begin());
  require(EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1, "nonce");
  require(EVP_DecryptUpdate(context, nullptr, &size, aad.data(), static_cast<int>(aad.size())) == 1,
          "associated data");
  if (!plain.empty()) {
    require(
        EVP_DecryptUpdate(context, plain.data(), &size, sealed.data(), static_cast<int>(plain.size())) == 1,
        "decrypt");
  }
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1, "tag");
  std::uint8_t nothing = 0;
  if (EVP_DecryptFinal_ex(context, &nothing, &size) == 1) return true;
  OPENSSL_cleanse(plain.data(), plain.size());
  return false;
}

}  // namespace eyrie::crypto
