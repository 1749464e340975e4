#include "store/items/item_seal.h"

#include <string>

#include "crypto/sealed_message.h"

namespace eyrie::store {
namespace {

// The partition key's length first, so that no two pairs of keys are written alike.
Bytes place_of(ByteView partition, ByteView sort) {
  Bytes place;
  place.reserve(4 + partition.size() + sort.size());
  for (int shift = 0; shift < 32; shift += 8) place.push_back(static_cast<std::uint8_t>(partition.size() >> shift));
  place.insert(place.end(), partition.begin(), partition.end());
  place.insert(place.end(), sort.begin(), sort.end());
  return place;
}

}  // namespace

std::string ItemSeal::key_place(std::string_view table) { return "eyrie table " + std::string(table); }

Bytes ItemSeal::make_key(const crypto::KeyRing& keys, std::string_view table) {
  return keys.new_key(key_place(table));
}

Result<ItemSeal> ItemSeal::open_key(const crypto::KeyRing& keys, std::string_view table, ByteView wrapped) {
  EYRIE_TRY(const crypto::SecretKey key, keys.open_key(key_place(table), wrapped, "a table"));
  return ItemSeal(key);
}

Bytes ItemSeal::seal(ByteView partition, ByteView sort, std::string_view item) {
  return crypto::seal_message(cipher_, place_of(partition, sort), as_bytes(item));
}

Result<std::string_view> ItemSeal::open(ByteView partition, ByteView sort, ByteView sealed) {
  if (!crypto::open_message(cipher_, place_of(partition, sort), sealed, plain_))
    return fail(Code::kCorrupt, "a stored item fails its check");
  return as_text(plain_);
}

}  // namespace eyrie::store
