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

std::string plain(double value) {
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
  const json::value* value = present(object, name);
  if (value == nullptr) return list;
  const json::array* array = value->if_array();
  if (array == nullptr) return std::unexpected(aws::rekognition::serialization());
  if (array->size() > most) {
    return std::unexpected(
        validation_error("[" + std::to_string(array->size()) + " members]", path,
                         "Member must have length less than or equal to " + std::to_string(most)));
  }
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

}  // namespace eyrie::api::rekognition
