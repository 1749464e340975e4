#include "store/faces/vector_seal.h"

#include <array>
#include <string>

#include "crypto/sealed_message.h"

namespace eyrie::store {
namespace {

template <std::size_t size>
void put_little_endian(std::span<std::uint8_t, size> into, std::uint64_t value) {
  for (std::uint8_t& byte : into) {
    byte = static_cast<std::uint8_t>(value);
    value >>= 8;
  }
}

std::string key_place(std::string_view collection) {
  return "eyrie collection " + std::string(collection);
}

std::array<std::uint8_t, 9> place_of(VectorOwner owner, std::int64_t row) {
  std::array<std::uint8_t, 9> place;
  place[0] = static_cast<std::uint8_t>(owner);
  put_little_endian(std::span(place).subspan<1>(), static_cast<std::uint64_t>(row));
  return place;
}

}  // namespace

Bytes VectorSeal::make_key(const crypto::KeyRing& keys, std::string_view collection) {
  return keys.new_key(key_place(collection));
}

Result<VectorSeal> VectorSeal::open_key(const crypto::KeyRing& keys, std::string_view collection,
                                        ByteView bytes) {
  EYRIE_TRY(const crypto::SecretKey key, keys.open_key(key_place(collection), bytes, "a collection"));
  return VectorSeal(key);
}

Bytes VectorSeal::seal(VectorOwner owner, std::int64_t row, const VectorCode& code) {
  return crypto::seal_message(cipher_, place_of(owner, row), code.bytes());
}

Result<VectorCode> VectorSeal::open(VectorOwner owner, std::int64_t row, ByteView sealed) {
  if (!crypto::open_message(cipher_, place_of(owner, row), sealed, plain_))
    return fail(Code::kCorrupt, "a stored vector fails its check");
  return VectorCode::parse(plain_);
}

}  // namespace eyrie::store
