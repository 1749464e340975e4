#include "crypto/secret.h"

#include <openssl/crypto.h>

#include "base/ids.h"

namespace eyrie::crypto {

SecretKey SecretKey::random() {
  SecretKey key;
  fill_random(key.bytes_);
  return key;
}

SecretKey::~SecretKey() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

}  // namespace eyrie::crypto
