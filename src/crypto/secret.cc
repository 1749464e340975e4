#include "crypto/secret.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/ids.h"

namespace eyrie::crypto {

SecretKey SecretKey::random() {
  SecretKey key;
  fill_random(key.bytes_);
  return key;
}

std::optional<SecretKey> SecretKey::take(Bytes& bytes) {
  std::optional<SecretKey> key;
  if (bytes.size() == kSize) std::ranges::copy(bytes, key.emplace().bytes_.begin());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

SecretKey::~SecretKey() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

}  // namespace eyrie::crypto
