// What the database keeps of faces and users, sealed: AES-256-GCM under the collection's own random key, which the master key wraps.
// The format is in docs/formats.md.
//
// What is sealed opens only as what it was sealed as, in the row it was sealed for: rows that were exchanged, or moved to another
// collection, fail. What a row must be found by is kept as a keyed digest, which nobody without the key can compare with a guess.
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

// The first byte of what is authenticated.
enum class SealedAs : std::uint8_t { kFaceVector = 1, kUserVector = 2, kFaceDetails = 3, kUserName = 4, kAnswer = 5 };
// The first byte of what is digested.
enum class FoundBy : std::uint8_t { kImageId = 1, kUserName = 2, kToken = 3 };

class FaceSeal {
 public:
  static constexpr std::size_t kIndexBytes = 16;

  // A new collection's key, wrapped: what its row keeps.
  static Bytes make_key(const crypto::KeyRing& keys, std::string_view collection);
  // What the wrapped key is bound to.
  static std::string key_place(std::string_view collection);
  static Result<FaceSeal> open_key(const crypto::KeyRing& keys, std::string_view collection,
                                   ByteView wrapped);

  Bytes seal(SealedAs kind, std::int64_t row, const VectorCode& code);
  Result<VectorCode> open(SealedAs kind, std::int64_t row, ByteView sealed);
  Bytes seal(SealedAs kind, std::int64_t row, ByteView plain);
  // Valid until the next call.
  Result<ByteView> open_bytes(SealedAs kind, std::int64_t row, ByteView sealed);

  // What a row is found by: equal for equal values of one collection.
  Bytes index(FoundBy kind, ByteView value) const;

 private:
  explicit FaceSeal(const crypto::SecretKey& key);

  crypto::Aes256Gcm cipher_;
  crypto::SecretKey index_key_;
  Bytes plain_;
};

}  // namespace eyrie::store
