#include "crypto/sealed_message.h"

#include <algorithm>

#include "base/ids.h"

namespace eyrie::crypto {

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

}  // namespace eyrie::crypto
