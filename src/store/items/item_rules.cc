#include "store/items/item_rules.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "store/items/number_key.h"

namespace eyrie::store {
namespace {

std::unexpected<Error> invalid(const std::string& message) {
  return fail(Code::kInvalidArgument, message);
}
std::unexpected<Error> invalid_parameter(const std::string& what) {
  return invalid("One or more parameter values were invalid: " + what);
}

Status normalize(json::value& value, int depth);

Status normalize_number(json::value& member) {
  json::string* text = member.if_string();
  if (text == nullptr) return invalid("The parameter cannot be converted to a numeric value");
  auto number = parse_decimal(*text);
  if (!number) {
    const bool not_number = number.error().message.starts_with("The parameter");
    return invalid(number.error().message + (not_number ? ": " + std::string(*text) : ""));
  }
  *text = write_decimal(*number);
  return {};
}

Status check_binary(const json::value& member) {
  const json::string* text = member.if_string();
  if (text == nullptr || !base64_decode(*text))
    return invalid("Invalid attribute value: binary values must be base64");
  return {};
}

Status normalize_set(const std::string& type, json::value& member) {
  json::array* list = member.if_array();
  if (list == nullptr) return invalid("Invalid attribute value type");
  if (list->empty())
    return invalid_parameter("An " +
                             std::string(type == "NS"   ? "number"
                                         : type == "SS" ? "string"
                                                        : "binary") +
                             " set  may not be empty");
  std::set<std::string> seen;
  for (json::value& element : *list) {
    if (type == "NS") EYRIE_CHECK_OK(normalize_number(element));
    if (type == "BS") EYRIE_CHECK_OK(check_binary(element));
    const json::string* text = element.if_string();
    if (text == nullptr) return invalid("Invalid attribute value type");
    if (!seen.insert(std::string(*text)).second) {
      return invalid_parameter("Input collection " + write_json(member) + " contains duplicates.");
    }
  }
  return {};
}

Status normalize_list(json::value& member, int depth) {
  json::array* list = member.if_array();
  if (list == nullptr) return invalid("Invalid attribute value type");
  for (json::value& element : *list) EYRIE_CHECK_OK(normalize(element, depth + 1));
  return {};
}

Status normalize_map(json::value& member, int depth) {
  json::object* map = member.if_object();
  if (map == nullptr) return invalid("Invalid attribute value type");
  for (auto& entry : *map) EYRIE_CHECK_OK(normalize(entry.value(), depth + 1));
  return {};
}

Status normalize(json::value& value, int depth) {
  if (depth > kMaxNestingLevels) return invalid("Nesting Levels have exceeded supported limits");
  json::object* object = value.if_object();
  if (object == nullptr || object->empty()) {
    return invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  if (object->size() != 1) {
    return invalid(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
        "datatypes");
  }
  const std::string type(object->begin()->key());
  json::value& member = object->begin()->value();
  if (type == "S") return member.is_string() ? Status() : invalid("Invalid attribute value type");
  if (type == "N") return normalize_number(member);
  if (type == "B") return check_binary(member);
  if (type == "BOOL") return member.is_bool() ? Status() : invalid("Invalid attribute value type");
  if (type == "NULL") {
    if (member.is_bool() && member.get_bool()) return {};
    return invalid_parameter("Null attribute value types must have the value of true");
  }
  if (type == "L") return normalize_list(member, depth);
  if (type == "M") return normalize_map(member, depth);
  if (type == "SS" || type == "NS" || type == "BS") return normalize_set(type, member);
  return invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

// Two digits a byte, and one for the exponent; a sign costs one more.
std::uint64_t number_bytes(std::string_view text) {
  const auto digits =
      static_cast<std::uint64_t>(std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }));
  return (digits + 1) / 2 + 1 + (text.starts_with('-') ? 1 : 0);
}

Result<Bytes> encode_member(const KeyAttribute& attribute, const Item& item, std::size_t limit,
                            const char* kind) {
  const json::value* value = item.if_contains(attribute.name);
  if (value == nullptr) return invalid_parameter("Missing the key " + attribute.name + " in the item");
  EYRIE_TRY(Bytes bytes, encode_key_value(attribute, *value));
  if (bytes.size() > limit) {
    return invalid_parameter("Size of " + std::string(kind) + " has exceeded the maximum size limit of " +
                             std::to_string(limit) + " bytes");
  }
  return bytes;
}

}  // namespace

const char* type_code(KeyType type) {
  switch (type) {
    case KeyType::kString:
      return "S";
    case KeyType::kNumber:
      return "N";
    case KeyType::kBinary:
      return "B";
  }
  return "S";
}

Status normalize_value(json::value& value) {
  return normalize(value, 1);
}

Status normalize_item(Item& item) {
  for (auto& entry : item) {
    if (entry.key().empty()) return invalid_parameter("Empty attribute name");
    EYRIE_CHECK_OK(normalize(entry.value(), 1));
  }
  return {};
}

std::uint64_t value_bytes(const json::value& value) {
  const json::object& object = value.get_object();
  const std::string_view type = object.begin()->key();
  const json::value& member = object.begin()->value();
  auto binary = [](std::string_view text) {
    return text.size() / 4 * 3 - static_cast<std::size_t>(std::ranges::count(text, '='));
  };
  if (type == "S") return member.get_string().size();
  if (type == "N") return number_bytes(member.get_string());
  if (type == "B") return binary(member.get_string());
  if (type == "BOOL" || type == "NULL") return 1;
  std::uint64_t total = 0;
  if (type == "L") {
    total = 3;
    for (const json::value& element : member.get_array()) total += 1 + value_bytes(element);
  } else if (type == "M") {
    total = 3;
    for (const auto& [name, element] : member.get_object()) total += 1 + name.size() + value_bytes(element);
  } else {
    for (const json::value& element : member.get_array()) {
      const std::string_view text = element.get_string();
      total += type == "SS" ? text.size() : type == "NS" ? number_bytes(text) : binary(text);
    }
  }
  return total;
}

int nesting_levels(const json::value& value) {
  const std::string_view type = value.get_object().begin()->key();
  const json::value& member = value.get_object().begin()->value();
  int inner = 0;
  if (type == "L") {
    for (const json::value& element : member.get_array()) inner = std::max(inner, nesting_levels(element));
  } else if (type == "M") {
    for (const auto& [name, element] : member.get_object()) inner = std::max(inner, nesting_levels(element));
  }
  return 1 + inner;
}

std::uint64_t item_bytes(const Item& item) {
  std::uint64_t total = 0;
  for (const auto& [name, value] : item) total += name.size() + value_bytes(value);
  return total;
}

bool has_type(const json::value& value, KeyType type) {
  const json::object* object = value.if_object();
  return object != nullptr && object->size() == 1 && find_string(value, type_code(type)) != nullptr;
}

Result<Bytes> encode_key_value(const KeyAttribute& attribute, const json::value& value) {
  if (!has_type(value, attribute.type)) {
    const json::object* object = value.if_object();
    const std::string actual =
        object == nullptr || object->empty() ? "?" : std::string(object->begin()->key());
    return invalid_parameter("Type mismatch for key " + attribute.name +
                             " expected: " + type_code(attribute.type) + " actual: " + actual);
  }
  const std::string_view text = *find_string(value, type_code(attribute.type));
  if (attribute.type == KeyType::kNumber) {
    EYRIE_TRY(const Decimal number, parse_decimal(text));
    return order_key(number);
  }
  Bytes bytes(text.begin(), text.end());
  if (attribute.type == KeyType::kBinary) {
    auto decoded = base64_decode(text);
    if (!decoded) return invalid("Invalid attribute value: binary values must be base64");
    bytes = std::move(*decoded);
  }
  if (bytes.empty()) {
    const std::string kind = attribute.type == KeyType::kBinary ? "binary" : "string";
    return invalid(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty " +
        kind + " value. Key: " + attribute.name);
  }
  return bytes;
}

Result<EncodedKey> encode_key(const TableDescription& table, const Item& item) {
  EncodedKey key;
  EYRIE_TRY(key.partition, encode_member(table.partition, item, kMaxPartitionKey, "hashkey"));
  if (table.sort) {
    EYRIE_TRY(key.sort, encode_member(*table.sort, item, kMaxSortKey, "aggregated range key"));
  }
  return key;
}

Result<EncodedKey> encode_exact_key(const TableDescription& table, const Item& key) {
  const std::size_t wanted = table.sort ? 2 : 1;
  if (key.size() != wanted || !key.contains(table.partition.name) ||
      (table.sort && !key.contains(table.sort->name))) {
    return invalid("The provided key element does not match the schema");
  }
  auto encoded = encode_key(table, key);
  if (!encoded && encoded.error().message.contains("Type mismatch")) {
    return invalid("The provided key element does not match the schema");
  }
  return encoded;
}

Item key_of(const TableDescription& table, const Item& item) {
  Item key;
  key[table.partition.name] = item.at(table.partition.name);
  if (table.sort) key[table.sort->name] = item.at(table.sort->name);
  return key;
}

}  // namespace eyrie::store
