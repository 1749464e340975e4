// What Encrypt answers: which key, which version of it, and the sealed plaintext. The format is in docs/formats.md.
//
// Each message has a key of its own, HMAC-SHA256(the version's material, "eyrie kms message" and a random salt of 16 bytes), so the nonce may
// be constant and the number of messages is no concern. The associated data is all before the sealed part, then the encryption context.
// Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "crypto/secret.h"
#include "kms/key_service.h"

namespace eyrie::kms {

struct CiphertextHead {
  std::string key_id;  // UUID
  std::uint32_t version = 0;
};

Bytes seal(const crypto::SecretKey& material, const CiphertextHead& head, ByteView plaintext, const EncryptionContext& context);
// nullopt where it is none of ours.
std::optional<CiphertextHead> read_head(ByteView ciphertext);
// nullopt where it was sealed with other material, for another context, or is damaged.
std::optional<Bytes> unseal(const crypto::SecretKey& material, ByteView ciphertext, const EncryptionContext& context);

}  // namespace eyrie::kms
