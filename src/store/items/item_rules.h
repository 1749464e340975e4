// What DynamoDB demands of items and keys, and how keys are laid out for ordering.
// Source: DynamoDB developer guide, "Supported data types" and "Constraints". Thread-safe: pure functions.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "store/item_table.h"

namespace eyrie::store {

inline constexpr std::size_t kMaxItemBytes = 400 * 1024;
inline constexpr int kMaxNestingLevels = 32;
inline constexpr std::size_t kMaxPartitionKey = 2048;  // bytes, as encoded for ordering
inline constexpr std::size_t kMaxSortKey = 1024;

// Checks every attribute value (form, nesting, numbers, sets) and rewrites numbers in their normal form.
// Messages are DynamoDB's.
Status normalize_item(Item& item);
Status normalize_value(json::value& value);

// Names plus values, by DynamoDB's rules.
std::uint64_t item_bytes(const Item& item);
std::uint64_t value_bytes(const json::value& value);
// 1 for what is neither a list nor a map.
int nesting_levels(const json::value& value);

struct EncodedKey {
  Bytes partition;
  Bytes sort;  // empty where the table has none
};

// The key attributes of an item; kInvalidArgument where one is missing, of another type, or empty.
Result<EncodedKey> encode_key(const TableDescription& table, const Item& item);
// A key given alone must hold the key attributes and nothing else.
Result<EncodedKey> encode_exact_key(const TableDescription& table, const Item& key);
Result<Bytes> encode_key_value(const KeyAttribute& attribute, const json::value& value);
// The key attributes of a stored item.
Item key_of(const TableDescription& table, const Item& item);

// True where value is an attribute value of this one type.
bool has_type(const json::value& value, KeyType type);

const char* type_code(KeyType type);  // "S", "N", "B"

}  // namespace eyrie::store
