// Vectors as they lie in the database: AES-256-GCM under the collection's own random key, which the master
// key wraps. The format is in docs/formats.md.
//
// A sealed vector opens only in the row it was sealed for, so rows that were exchanged, or moved to another
// collection, fail.
//
// Errors: kCorrupt - it does not open; those of KeyRing. Thread safety: one object is one thread's.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "crypto/aes_gcm.h"
#include "crypto/key_ring.h"
#include "store/vectors/vector_code.h"

namespace eyrie::store {

// The first byte of what is authenticated with a vector.
enum class VectorOwner : std::uint8_t { kFace = 1, kUser = 2 };

class VectorSeal {
 public:
  // A new collection's key, wrapped: what its row keeps.
  static Bytes make_key(const crypto::KeyRing& keys, std::string_view collection);
  static Result<VectorSeal> open_key(const crypto::KeyRing& keys, std::string_view collection,
                                     ByteView wrapped);

  Bytes seal(VectorOwner owner, std::int64_t row, const VectorCode& code);
  Result<VectorCode> open(VectorOwner owner, std::int64_t row, ByteView sealed);

 private:
  explicit VectorSeal(const crypto::SecretKey& key) : cipher_(key) {}

  crypto::Aes256Gcm cipher_;
  Bytes plain_;
};

}  // namespace eyrie::store
