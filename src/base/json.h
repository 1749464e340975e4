// JSON in and out over Boost.JSON.
//
// Parsing is bounded: by depth (kMaxJsonDepth) and by the bytes given; duplicate keys keep the last, input must be
// one value in valid UTF-8. Writing is for people: 97.5 and not 9.75E1, no trailing zeros, integers without a point.
// Thread-safe: values are plain data.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace eyrie {

namespace json = boost::json;

inline constexpr std::size_t kMaxJsonDepth = 64;

// kInvalidArgument with the parser's reason where the text is not JSON or nested deeper than `max_depth`.
Result<json::value> parse_json(std::string_view text, std::size_t max_depth = kMaxJsonDepth);

// kInvalidArgument where an object of the text, which is JSON, has two members of one name.
Status check_unique_members(std::string_view text);

std::string write_json(const json::value& value);

// Two-space indentation, for files people open.
std::string write_json_pretty(const json::value& value);

// A double rounded so that it prints with at most `decimals` decimals.
double rounded(double value, int decimals);

// The member called `name`, or nullptr where value is no object or has none.
const json::value* find(const json::value& value, std::string_view name);
// The string member called `name`, or nullptr where it is absent or no string.
const json::string* find_string(const json::value& value, std::string_view name);

// The member called `name`; "", 0, false where it is absent or of another type.
std::string text_of(const json::object& object, std::string_view name);
std::int64_t number_of(const json::object& object, std::string_view name);
bool flag_of(const json::object& object, std::string_view name);

// A text, or the texts of an array, as AWS's documents write one or several. What is no text is left out; empty where `value` is null.
std::vector<std::string> one_or_more_texts(const json::value* value);

// Texts by name, and back: {"a": "b"}. What is no text is left out; empty where `object` is null or no object.
json::object json_of(const std::map<std::string, std::string>& texts);
std::map<std::string, std::string> texts_of(const json::value* object);

}  // namespace eyrie
