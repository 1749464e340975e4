// Reading a request's members with the service description's types and constraints, and AWS's words where
// they fail: a wrong type is a SerializationException, a constraint a ValidationException that names the
// member's path. Thread-safe: pure functions.
#pragma once

#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "aws/wire_error.h"
#include "base/json.h"

namespace eyrie::api::rekognition {

template <typename T>
using Field = std::expected<T, aws::WireError>;
using Check = Field<void>;

// "1 validation error detected: Value 'VALUE' at 'PATH' failed to satisfy constraint: CONSTRAINT"
aws::WireError validation_error(std::string_view value, std::string_view path, std::string_view constraint);

// Absent or null: nullopt. `path` is the member's, in lower camel case as AWS tells it:
// "settings.generalLabels".
Field<std::optional<double>> number_field(const json::object& object, std::string_view name,
                                          const std::string& path, double low, double high);
Field<std::optional<std::int64_t>> integer_field(const json::object& object, std::string_view name,
                                                 const std::string& path, std::int64_t low,
                                                 std::int64_t high);
Field<std::optional<std::string>> string_field(const json::object& object, std::string_view name,
                                               const std::string& path, std::size_t shortest,
                                               std::size_t longest);
// `longest`: characters.
Field<std::vector<std::string>> string_list_field(const json::object& object, std::string_view name,
                                                  const std::string& path, std::size_t most,
                                                  std::size_t longest);
// nullptr where absent.
Field<const json::object*> object_field(const json::object& object, std::string_view name);
// nullptr where absent. `most`: items.
Field<const json::array*> array_field(const json::object& object, std::string_view name,
                                      const std::string& path, std::size_t most);

// The values an enum of the service description has. Small: the words of an error list them all.
using EnumValues = std::initializer_list<std::string_view>;
Field<std::optional<std::string>> enum_field(const json::object& object, std::string_view name,
                                             const std::string& path, EnumValues values);
Field<std::vector<std::string>> enum_list_field(const json::object& object, std::string_view name,
                                                const std::string& path, EnumValues values,
                                                std::size_t most = 1000);

// A string whose characters a pattern bounds: "[a-zA-Z0-9_.\\-]+" and `matches`, which says the same.
struct Pattern {
  std::string_view text;
  bool (*matches)(std::string_view text);
};
Field<std::optional<std::string>> pattern_field(const json::object& object, std::string_view name,
                                                const std::string& path, std::size_t shortest,
                                                std::size_t longest, const Pattern& pattern);

// "Member must not be null" where the member is absent:
//   EYRIE_TRY(const std::string id, required(string_field(request, "Id", "id", 1, 64), "id"));
aws::WireError missing(const std::string& path);
template <typename T>
Field<T> required(Field<std::optional<T>> field, const std::string& path) {
  if (!field) return std::unexpected(std::move(field.error()));
  if (!*field) return std::unexpected(missing(path));
  return std::move(**field);
}
template <typename T>
Field<T*> required(Field<T*> field, const std::string& path) {
  if (field && *field == nullptr) return std::unexpected(missing(path));
  return field;
}

}  // namespace eyrie::api::rekognition
