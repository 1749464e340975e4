// A message as it is stored: a random nonce (12 bytes), the ciphertext, the tag (16 bytes), by AES-256-GCM.
//
// Nonces are random, so one key must not seal more than 2^32 messages (NIST SP 800-38D, 8.3). The associated
// data is kept nowhere: it says where the message belongs, and the message opens nowhere else.
// Thread safety: as Aes256Gcm.
#pragma once

#include "base/bytes.h"
#include "crypto/aes_gcm.h"
#include "crypto/key_ring.h"

namespace eyrie::crypto {

Bytes seal_message(Aes256Gcm& cipher, ByteView aad, ByteView plain);
// False where it is cut off, damaged or of another place; `plain` then holds nothing of it.
bool open_message(Aes256Gcm& cipher, ByteView aad, ByteView sealed, Bytes& plain);

// A message under a key of its own that `key` makes: 16 random bytes, then the message under HMAC-SHA256(key, those bytes). So it is no concern to the
// nonces how many messages there are. It opens in `place` alone.
Bytes seal_under_derived_key(const SecretKey& key, std::string_view place, ByteView plain);
// As open_message.
bool open_under_derived_key(const SecretKey& key, std::string_view place, ByteView sealed, Bytes& plain);

// A message under a key of its own: that key, wrapped by the ring (WrappedKey::kBytes), then the message. Both open in `place` alone.
Bytes seal_under_own_key(const KeyRing& keys, std::string_view place, ByteView plain);
// kCorrupt where it does not open; `what` names it in the error: "a stored record".
Result<Bytes> open_under_own_key(const KeyRing& keys, std::string_view place, ByteView sealed, std::string_view what);

}  // namespace eyrie::crypto
