#include "store/faces/face_seal.h"

#include <algorithm>
#include <array>
#include <string>

#include "crypto/digest.h"
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

std::array<std::uint8_t, 9> place_of(SealedAs kind, std::int64_t row) {
  std::array<std::uint8_t, 9> place;
  place[0] = static_cast<std::uint8_t>(kind);
  put_little_endian(std::span(place).subspan<1>(), static_cast<std::uint64_t>(row));
  return place;
}

}  // namespace

FaceSeal::FaceSeal(const crypto::SecretKey& key) : cipher_(key) {
  std::ranges::copy(crypto::hmac_sha256(key.view(), as_bytes("eyrie face index")), index_key_.writable().begin());
}

std::string FaceSeal::key_place(std::string_view collection) {
  return "eyrie collection " + std::string(collection);
}

Bytes FaceSeal::make_key(const crypto::KeyRing& keys, std::string_view collection) {
  return keys.new_key(key_place(collection));
}

Result<FaceSeal> FaceSeal::open_key(const crypto::KeyRing& keys, std::string_view collection, ByteView bytes) {
  EYRIE_TRY(const crypto::SecretKey key, keys.open_key(key_place(collection), bytes, "a collection"));
  return FaceSeal(key);
}

Bytes FaceSeal::seal(SealedAs kind, std::int64_t row, const VectorCode& code) { return seal(kind, row, code.bytes()); }

Result<VectorCode> FaceSeal::open(SealedAs kind, std::int64_t row, ByteView sealed) {
  if (!crypto::open_message(cipher_, place_of(kind, row), sealed, plain_))
    return fail(Code::kCorrupt, "a stored vector fails its check");
  return VectorCode::parse(plain_);
}

Bytes FaceSeal::seal(SealedAs kind, std::int64_t row, ByteView plain) {
  return crypto::seal_message(cipher_, place_of(kind, row), plain);
}

Result<ByteView> FaceSeal::open_bytes(SealedAs kind, std::int64_t row, ByteView sealed) {
  if (!crypto::open_message(cipher_, place_of(kind, row), sealed, plain_))
    return fail(Code::kCorrupt, "what is stored of a face or user fails its check");
  return plain_;
}

Bytes FaceSeal::index(FoundBy kind, ByteView value) const {
  Bytes text{static_cast<std::uint8_t>(kind)};
  text.insert(text.end(), value.begin(), value.end());
  const auto digest = crypto::hmac_sha256(index_key_.view(), text);
  return {digest.begin(), digest.begin() + kIndexBytes};
}

}  // namespace eyrie::store
