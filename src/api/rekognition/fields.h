// Reading a request's members with the service description's types and constraints, and AWS's words where they fail:
// a wrong type is a SerializationException, a constraint a ValidationException that names the member's path.
// Thread-safe: pure functions.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "aws/wire_error.h"
#include "base/json.h"

namespace eyrie::api::rekognition {

template <typename T>
using Field = std::expected<T, aws::WireError>;

// "1 validation error detected: Value 'VALUE' at 'PATH' failed to satisfy constraint: CONSTRAINT"
aws::WireError validation_error(std::string_view value, std::string_view path, std::string_view constraint);

// Absent or null: nullopt. `path` is the member's, in lower camel case as AWS tells it: "settings.generalLabels".
Field<std::optional<double>> number_field(const json::object& object, std::string_view name, const std::string& path,
                                          double low, double high);
Field<std::optional<std::int64_t>> integer_field(const json::object& object, std::string_view name, const std::string& path,
                                                 std::int64_t low, std::int64_t high);
Field<std::optional<std::string>> string_field(const json::object& object, std::string_view name, const std::string& path,
                                               std::size_t shortest, std::size_t longest);
// `longest`: characters.
Field<std::vector<std::string>> string_list_field(const json::object& object, std::string_view name, const std::string& path,
                                                  std::size_t most, std::size_t longest);
// nullptr where absent.
Field<const json::object*> object_field(const json::object& object, std::string_view name);

}  // namespace eyrie::api::rekognition
