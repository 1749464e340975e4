#include "crypto/sealed_message.h"

#include <algorithm>
#include <array>

#include "base/ids.h"
#include "crypto/digest.h"

namespace eyrie::crypto {
namespace {

constexpr std::size_t kSaltBytes = 16;

Aes256Gcm derived_cipher(const SecretKey& key, ByteView salt) {
  SecretKey derived;
  std::ranges::copy(hmac_sha256(key.view(), salt), derived.writable().begin());
  return Aes256Gcm(derived);
}

}  // namespace

Bytes seal_message(Aes256Gcm& cipher, ByteView aad, ByteView plain) {
  Bytes sealed(Aes256Gcm::kNonceSize + plain.size() + Aes256Gcm::kTagSize);
  Aes256Gcm::Nonce nonce;
  fill_random(nonce);
  std::ranges::copy(nonce, sealed.begin());
  cipher.seal(nonce, aad, plain, std::span(sealed).subspan(nonce.size()));
  return sealed;
}

bool open_message(Aes256Gcm& cipher, ByteView aad, ByteView sealed, Bytes& plain) {
  constexpr std::size_t kAround = Aes256Gcm::kNonceSize + Aes256Gcm::kTagSize;
  plain.clear();
  if (sealed.size() < kAround) return false;
  Aes256Gcm::Nonce nonce;
  std::ranges::copy(sealed.first(nonce.size()), nonce.begin());
  plain.resize(sealed.size() - kAround);
  if (cipher.open(nonce, aad, sealed.subspan(nonce.size()), plain)) return true;
  plain.clear();
  return false;
}

Bytes seal_under_derived_key(const SecretKey& key, std::string_view place, ByteView plain) {
  std::array<std::uint8_t, kSaltBytes> salt;
  fill_random(salt);
  Aes256Gcm cipher = derived_cipher(key, salt);
  Bytes sealed = seal_message(cipher, as_bytes(place), plain);
  sealed.insert(sealed.begin(), salt.begin(), salt.end());
  return sealed;
}

bool open_under_derived_key(const SecretKey& key, std::string_view place, ByteView sealed, Bytes& plain) {
  plain.clear();
  if (sealed.size() < kSaltBytes) return false;
  Aes256Gcm cipher = derived_cipher(key, sealed.first(kSaltBytes));
  return open_message(cipher, as_bytes(place), sealed.subspan(kSaltBytes), plain);
}

Bytes seal_under_own_key(const KeyRing& keys, std::string_view place, ByteView plain) {
  const SecretKey key = SecretKey::random();
  const auto wrapped = keys.wrap(key, as_bytes(place)).bytes();
  Aes256Gcm cipher(key);
  Bytes sealed = seal_message(cipher, as_bytes(place), plain);
  sealed.insert(sealed.begin(), wrapped.begin(), wrapped.end());
  return sealed;
}

Result<Bytes> open_under_own_key(const KeyRing& keys, std::string_view place, ByteView sealed, std::string_view what) {
  constexpr std::size_t kBefore = WrappedKey::kBytes;
  if (sealed.size() < kBefore) return fail(Code::kCorrupt, std::string(what) + " is cut off");
  EYRIE_TRY(const SecretKey key, keys.unwrap(WrappedKey::of_bytes(sealed.first<kBefore>()), as_bytes(place)));
  Aes256Gcm cipher(key);
  Bytes plain;
  if (!open_message(cipher, as_bytes(place), sealed.subspan(kBefore), plain)) return fail(Code::kCorrupt, std::string(what) + " fails its check");
  return plain;
}

}  // namespace eyrie::crypto
