#include "api/rekognition/fields.h"

#include <algorithm>
#include <cmath>

namespace eyrie::api::rekognition {
namespace {

const json::value* present(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// Of UTF-8 text.
std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// No enum's value is longer: what is gets no further than the length.
constexpr std::size_t kLongestEnum = 64;

std::string listed(EnumValues values) {
  std::string text;
  for (const std::string_view value : values) text.append(text.empty() ? "[" : ", ").append(value);
  return text + "]";
}

// A number too large to be held is read as infinite, and named as Java does.
std::string plain(double value) {
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return write_json(json::value(value));
}

}  // namespace

aws::WireError validation_error(std::string_view value, std::string_view path, std::string_view constraint) {
  std::string message = "1 validation error detected: Value ";
  message += value == "null" ? "null" : "'" + std::string(value) + "'";
  message += " at '" + std::string(path) + "' failed to satisfy constraint: " + std::string(constraint);
  return {400, "ValidationException", std::move(message)};
}

Field<std::optional<double>> number_field(const json::object& object, std::string_view name,
                                          const std::string& path, double low, double high) {
  const json::value* value = present(object, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return std::unexpected(aws::rekognition::serialization());
  const auto number = value->to_number<double>();
  if (!(number >= low)) {
    return std::unexpected(validation_error(plain(number), path,
                                            "Member must have value greater than or equal to " + plain(low)));
  }
  if (!(number <= high)) {
    return std::unexpected(
        validation_error(plain(number), path, "Member must have value less than or equal to " + plain(high)));
  }
  return number;
}

Field<std::optional<std::int64_t>> integer_field(const json::object& object, std::string_view name,
                                                 const std::string& path, std::int64_t low,
                                                 std::int64_t high) {
  auto number = number_field(object, name, path, static_cast<double>(low), static_cast<double>(high));
  if (!number) return std::unexpected(number.error());
  if (!*number) return std::nullopt;
  if (std::floor(**number) != **number) return std::unexpected(aws::rekognition::serialization());
  return static_cast<std::int64_t>(**number);
}

Field<std::optional<std::string>> string_field(const json::object& object, std::string_view name,
                                               const std::string& path, std::size_t shortest,
                                               std::size_t longest) {
  const json::value* value = present(object, name);
  if (value == nullptr) return std::nullopt;
  const json::string* text = value->if_string();
  if (text == nullptr) return std::unexpected(aws::rekognition::serialization());
  if (text->size() < shortest) {
    return std::unexpected(validation_error(
        *text, path, "Member must have length greater than or equal to " + std::to_string(shortest)));
  }
  if (text->size() > longest) {
    return std::unexpected(
        validation_error(std::string_view(*text).substr(0, longest), path,
                         "Member must have length less than or equal to " + std::to_string(longest)));
  }
  return std::string(*text);
}

Field<std::vector<std::string>> string_list_field(const json::object& object, std::string_view name,
                                                  const std::string& path, std::size_t most,
                                                  std::size_t longest) {
  std::vector<std::string> list;
  EYRIE_TRY(const json::array* array, array_field(object, name, path, most));
  if (array == nullptr) return list;
  for (const json::value& item : *array) {
    const json::string* text = item.if_string();
    if (text == nullptr) return std::unexpected(aws::rekognition::serialization());
    if (count_characters(*text) > longest) {
      return std::unexpected(validation_error(
          "[" + std::string(*text).substr(0, longest) + "]", path,
          "Member must satisfy constraint: [Member must have length less than or equal to " +
              std::to_string(longest) + ", Member must have length greater than or equal to 0]"));
    }
    list.emplace_back(*text);
  }
  return list;
}

Field<const json::object*> object_field(const json::object& object, std::string_view name) {
  const json::value* value = present(object, name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return std::unexpected(aws::rekognition::serialization());
  return &value->get_object();
}

Field<const json::array*> array_field(const json::object& object, std::string_view name,
                                      const std::string& path, std::size_t most) {
  const json::value* value = present(object, name);
  if (value == nullptr) return nullptr;
  const json::array* array = value->if_array();
  if (array == nullptr) return std::unexpected(aws::rekognition::serialization());
  if (array->size() > most) {
    return std::unexpected(
        validation_error("[" + std::to_string(array->size()) + " members]", path,
                         "Member must have length less than or equal to " + std::to_string(most)));
  }
  return array;
}

Field<std::optional<std::string>> enum_field(const json::object& object, std::string_view name,
                                             const std::string& path, EnumValues values) {
  EYRIE_TRY(auto text, string_field(object, name, path, 0, kLongestEnum));
  if (!text || std::ranges::find(values, *text) != values.end()) return text;
  return std::unexpected(
      validation_error(*text, path, "Member must satisfy enum value set: " + listed(values)));
}

Field<std::vector<std::string>> enum_list_field(const json::object& object, std::string_view name,
                                                const std::string& path, EnumValues values,
                                                std::size_t most) {
  EYRIE_TRY(auto list, string_list_field(object, name, path, most, kLongestEnum));
  for (const std::string& text : list) {
    if (std::ranges::find(values, text) != values.end()) continue;
    return std::unexpected(validation_error(
        "[" + text + "]", path,
        "Member must satisfy constraint: [Member must satisfy enum value set: " + listed(values) + "]"));
  }
  return list;
}

Field<std::optional<std::string>> pattern_field(const json::object& object, std::string_view name,
                                                const std::string& path, std::size_t shortest,
                                                std::size_t longest, const Pattern& pattern) {
  EYRIE_TRY(auto text, string_field(object, name, path, shortest, longest));
  if (!text || pattern.matches(*text)) return text;
  return std::unexpected(validation_error(
      *text, path, "Member must satisfy regular expression pattern: " + std::string(pattern.text)));
}

aws::WireError missing(const std::string& path) {
  return validation_error("null", path, "Member must not be null");
}

}  // namespace eyrie::api::rekognition
