// A message as it is stored: a random nonce (12 bytes), the ciphertext, the tag (16 bytes), by AES-256-GCM.
//
// Nonces are random, so one key must not seal more than 2^32 messages (NIST SP 800-38D, 8.3). The associated
// data is kept nowhere: it says where the message belongs, and the message opens nowhere else.
// Thread safety: as Aes256Gcm.
#pragma once

#include "base/bytes.h"
#include "crypto/aes_gcm.h"

namespace eyrie::crypto {

Bytes seal_message(Aes256Gcm& cipher, ByteView aad, ByteView plain);
// False where it is cut off, damaged or of another place; `plain` then holds nothing of it.
bool open_message(Aes256Gcm& cipher, ByteView aad, ByteView sealed, Bytes& plain);

}  // namespace eyrie::crypto
