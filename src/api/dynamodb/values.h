// Attribute values compared as DynamoDB compares them. Values are in wire form and normalized ({"N":"1.5"},
// never "1.50"). Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace eyrie::api::dynamodb {

// "S", "N", "L", ...; empty where it is no attribute value.
std::string_view type_of(const json::value& value);
bool is_type(std::string_view name);

// Equal in type and content; sets whatever their order.
bool equal_values(const json::value& a, const json::value& b);

// Negative, zero, positive; nullopt where the types differ or have no order (only S, N and B have one).
std::optional<int> compare_values(const json::value& a, const json::value& b);

bool value_begins_with(const json::value& value, const json::value& prefix);

// A string's or binary's part, a set's or list's element.
bool value_contains(const json::value& value, const json::value& part);

// What size() gives: characters, bytes, or elements; nullopt where the type has no size.
std::optional<std::size_t> value_size(const json::value& value);

// "{S:abc}", as errors show values.
std::string describe_value(const json::value& value);

}  // namespace eyrie::api::dynamodb
