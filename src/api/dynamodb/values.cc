#include "api/dynamodb/values.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/encoding.h"
#include "store/items/number_key.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::array<std::string_view, 10> kTypes = {"S", "N", "B",  "BOOL", "NULL",
                                                     "L", "M", "SS", "NS",   "BS"};
constexpr std::size_t kMaxShown = 200;

const json::value& content(const json::value& value) {
  return value.get_object().begin()->value();
}
std::string_view text(const json::value& value) {
  return content(value).get_string();
}

Bytes binary(const json::value& value) {
  return base64_decode(text(value)).value_or(Bytes{});
}

// Base64 of the same bytes may be written in one way only, so sets of any kind compare as text.
bool equal_sets(const json::array& a, const json::array& b) {
  if (a.size() != b.size()) return false;
  std::set<std::string_view> seen;
  for (const json::value& element : a) seen.insert(element.get_string());
  return std::ranges::all_of(b,
                             [&](const json::value& element) { return seen.contains(element.get_string()); });
}

bool equal_maps(const json::object& a, const json::object& b) {
  if (a.size() != b.size()) return false;
  return std::ranges::all_of(a, [&](const json::key_value_pair& member) {
    const json::value* other = b.if_contains(member.key());
    return other != nullptr && equal_values(member.value(), *other);
  });
}

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

Bytes number_order(const json::value& value) {
  const auto number = store::parse_decimal(text(value));
  return number ? store::order_key(*number) : Bytes{};
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string_view type_of(const json::value& value) {
  const json::object* object = value.if_object();
  return object == nullptr || object->empty() ? std::string_view{} : std::string_view(object->begin()->key());
}

bool is_type(std::string_view name) {
  return std::ranges::find(kTypes, name) != kTypes.end();
}

bool equal_values(const json::value& a, const json::value& b) {
  const std::string_view type = type_of(a);
  if (type != type_of(b) || type.empty()) return false;
  if (type == "SS" || type == "NS" || type == "BS")
    return equal_sets(content(a).get_array(), content(b).get_array());
  if (type == "L") return std::ranges::equal(content(a).get_array(), content(b).get_array(), equal_values);
  if (type == "M") return equal_maps(content(a).get_object(), content(b).get_object());
  return content(a) == content(b);
}

std::optional<int> compare_values(const json::value& a, const json::value& b) {
  const std::string_view type = type_of(a);
  if (type != type_of(b)) return std::nullopt;
  if (type == "S") return order(text(a), text(b));
  if (type == "N") return order(number_order(a), number_order(b));
  if (type == "B") return order(binary(a), binary(b));
  return std::nullopt;
}

bool value_begins_with(const json::value& value, const json::value& prefix) {
  const std::string_view type = type_of(value);
  if (type != type_of(prefix)) return false;
  if (type == "S") return text(value).starts_with(text(prefix));
  if (type != "B") return false;
  const Bytes whole = binary(value), start = binary(prefix);
  return as_text(whole).starts_with(as_text(start));
}

bool value_contains(const json::value& value, const json::value& part) {
  const std::string_view type = type_of(value), part_type = type_of(part);
  if (type == "S") return part_type == "S" && text(value).contains(text(part));
  if (type == "B" && part_type == "B") {
    const Bytes whole = binary(value), inner = binary(part);
    return as_text(whole).contains(as_text(inner));
  }
  if (type == "L") {
    return std::ranges::any_of(content(value).get_array(),
                               [&](const json::value& e) { return equal_values(e, part); });
  }
  const bool element_of_set = type.size() == 2 && type[1] == 'S' && type.substr(0, 1) == part_type;
  return element_of_set && std::ranges::any_of(content(value).get_array(), [&](const json::value& e) {
           return e.get_string() == text(part);
         });
}

std::optional<std::size_t> value_size(const json::value& value) {
  const std::string_view type = type_of(value);
  if (type == "S") return characters(text(value));
  if (type == "B") return binary(value).size();
  if (type == "M") return content(value).get_object().size();
  if (type == "L" || type == "SS" || type == "NS" || type == "BS") return content(value).get_array().size();
  return std::nullopt;
}

std::string describe_value(const json::value& value) {
  const std::string shown =
      content(value).is_string() ? std::string(text(value)) : write_json(content(value));
  return "{" + std::string(type_of(value)) + ":" + shown.substr(0, kMaxShown) + "}";
}

}  // namespace eyrie::api::dynamodb
