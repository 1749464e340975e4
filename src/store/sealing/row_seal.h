// What rows of the database hold of others' content, sealed: objects' attributes and parts, payloads of events. One key a purpose, kept wrapped in the table
// data_keys. The format is in docs/formats.md.
//
// Each value is sealed under a key of its own, HMAC-SHA256(the key, 16 random bytes that stand before it), so how many there are is no concern to the nonces.
// It opens in its place alone. Errors: kCorrupt - it does not open; those of KeyRing. Thread safety: all of it.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/key_ring.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class RowSeal {
 public:
  // The key called `name`; makes it where there is none.
  static Result<RowSeal> load(Database& database, const crypto::KeyRing& keys, const std::string& name);
  static Result<RowSeal> open_key(const crypto::KeyRing& keys, const std::string& name, ByteView wrapped);
  // What the wrapped key is bound to.
  static std::string key_place(std::string_view name);

  Bytes seal(std::string_view place, std::string_view text) const;
  Result<std::string> open(std::string_view place, ByteView sealed) const;

 private:
  explicit RowSeal(const crypto::SecretKey& key) : key_(key) {}
  const crypto::SecretKey key_;
};

}  // namespace eyrie::store
