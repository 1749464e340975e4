// Items as they lie in the database: AES-256-GCM under their table's own random key, which the master key
// wraps. The format is in docs/formats.md.
//
// A sealed item opens only under its own key in its own table, so rows that were exchanged, or moved to another
// table, fail. Clear text fails too: a row that somebody wrote past us is never taken for an item.
//
// Errors: kCorrupt - it does not open; those of KeyRing. Thread safety: one object is one thread's.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "crypto/aes_gcm.h"
#include "crypto/key_ring.h"

namespace eyrie::store {

class ItemSeal {
 public:
  // A new table's key, wrapped: what its row keeps.
  static Bytes make_key(const crypto::KeyRing& keys, std::string_view table);
  // What the wrapped key is bound to.
  static std::string key_place(std::string_view table);
  static Result<ItemSeal> open_key(const crypto::KeyRing& keys, std::string_view table, ByteView wrapped);

  Bytes seal(ByteView partition, ByteView sort, std::string_view item);
  // Valid until the next call.
  Result<std::string_view> open(ByteView partition, ByteView sort, ByteView sealed);

 private:
  explicit ItemSeal(const crypto::SecretKey& key) : cipher_(key) {}

  crypto::Aes256Gcm cipher_;
  Bytes plain_;
};

}  // namespace eyrie::store
