// Ciphertexts of whatever bytes: none opens.
#include <cstdlib>

#include "kms/ciphertext.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const ByteView bytes(data, size);
  static const crypto::SecretKey material = crypto::SecretKey::random();
  if (kms::unseal(material, bytes, {{"a", "b"}})) std::abort();
  if (const auto head = kms::read_head(bytes)) {
    const Bytes sealed = kms::seal(material, *head, bytes, {});
    const auto again = kms::read_head(sealed);
    if (!again || again->key_id != head->key_id || again->version != head->version) std::abort();
    if (kms::unseal(material, sealed, {}) != Bytes(bytes.begin(), bytes.end())) std::abort();
  }
  return 0;
}
