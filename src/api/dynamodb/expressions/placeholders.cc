#include "api/dynamodb/expressions/placeholders.h"

#include <algorithm>

#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::string_view kNames = "ExpressionAttributeNames";
constexpr std::string_view kValues = "ExpressionAttributeValues";
constexpr std::size_t kMaxPlaceholder = 255;

bool placeholder_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Wire<void> check_key(std::string_view member, std::string_view key, char mark) {
  const bool sound = key.size() > 1 && key.size() <= kMaxPlaceholder && key[0] == mark &&
                     std::ranges::all_of(key.substr(1), placeholder_char);
  if (sound) return {};
  return invalid(std::string(member) + " contains invalid key: Syntax error; key: \"" +
                 std::string(key.substr(0, kMaxPlaceholder)) + "\"");
}

Wire<const json::object*> read_map(const json::object& request, std::string_view member,
                                   bool has_expression) {
  EYRIE_TRY(const json::object* map, object_member(request, member));
  if (map == nullptr) return nullptr;
  if (!has_expression) {
    return invalid(std::string(member) + " can only be specified when using expressions");
  }
  if (map->empty()) return invalid(std::string(member) + " must not be empty");
  return map;
}

template <typename Map>
std::string unused(const Map& map, const std::set<std::string>& used) {
  std::string keys;
  for (const auto& [key, value] : map) {
    if (!used.contains(key)) keys.append(keys.empty() ? "" : ", ").append(key);
  }
  return keys;
}

}  // namespace

Wire<Placeholders> Placeholders::read(const json::object& request, bool has_expression) {
  Placeholders all;
  EYRIE_TRY(const json::object* names, read_map(request, kNames, has_expression));
  EYRIE_TRY(const json::object* values, read_map(request, kValues, has_expression));
  if (names != nullptr) {
    for (const auto& [key, value] : *names) {
      EYRIE_CHECK_OK(check_key(kNames, key, '#'));
      EYRIE_TRY(const std::string name, required_text(*names, key));
      if (name.empty()) {
        return invalid(
            std::string(kNames) +
            " contains invalid value: The attribute name must not be empty; key: " + std::string(key));
      }
      all.names_[std::string(key)] = name;
    }
  }
  if (values != nullptr) {
    for (const auto& [key, value] : *values) {
      EYRIE_CHECK_OK(check_key(kValues, key, ':'));
      json::value normal = value;
      if (const Status sound = store::normalize_value(normal); !sound) {
        return invalid(std::string(kValues) + " contains invalid value: " + sound.error().message +
                       " for key " + std::string(key));
      }
      all.values_[std::string(key)] = std::move(normal);
    }
  }
  return all;
}

const std::string* Placeholders::name(const std::string& placeholder) {
  const auto found = names_.find(placeholder);
  if (found == names_.end()) return nullptr;
  used_.insert(placeholder);
  return &found->second;
}

const json::value* Placeholders::value(const std::string& placeholder) {
  const auto found = values_.find(placeholder);
  if (found == values_.end()) return nullptr;
  used_.insert(placeholder);
  return &found->second;
}

Wire<void> Placeholders::check_all_used() const {
  if (const std::string keys = unused(names_, used_); !keys.empty()) {
    return invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {" + keys + "}");
  }
  if (const std::string keys = unused(values_, used_); !keys.empty()) {
    return invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {" + keys + "}");
  }
  return {};
}

}  // namespace eyrie::api::dynamodb
