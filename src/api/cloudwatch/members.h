// Reads the members of a CloudWatch request, whatever protocol it came by; CloudWatch's exceptions. A member that is null counts as absent; numbers may be texts, as forms have them.
// Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/common/json_service.h"
#include "base/transform_error.h"
#include "monitor/alarms/alarms.h"

namespace eyrie::api::cloudwatch {

template <typename T>
using Wire = std::expected<T, aws::WireError>;

struct Call {
  const json::object& request;
  const Context& context;
};

// By the names of the service description; what the query protocol calls them: query_code().
std::unexpected<aws::WireError> refuse(std::string_view exception, std::string message, int status = 400);
std::unexpected<aws::WireError> invalid_value(std::string message);         // InvalidParameterValueException
std::unexpected<aws::WireError> invalid_combination(std::string message);   // InvalidParameterCombinationException
std::unexpected<aws::WireError> missing(std::string_view parameter);        // MissingRequiredParameterException
std::unexpected<aws::WireError> validation(std::string message);            // ValidationException
aws::WireError wire_error(const Error& error);
std::string query_code(std::string_view exception);

template <typename T>
Wire<T> wire(Result<T> outcome) {
  return transform_error(std::move(outcome), wire_error);
}

// `longest`: in bytes.
Wire<std::optional<std::string>> text_member(const json::object& object, std::string_view name, std::size_t longest = 1024);
Wire<std::string> required_text(const json::object& object, std::string_view name, std::size_t longest = 255);
Wire<std::optional<double>> real_member(const json::object& object, std::string_view name);
Wire<std::optional<std::int64_t>> whole_member(const json::object& object, std::string_view name, std::int64_t least, std::int64_t most);
Wire<std::optional<bool>> flag_member(const json::object& object, std::string_view name);
// Milliseconds since 1970.
Wire<std::optional<std::int64_t>> time_member(const json::object& object, std::string_view name);
Wire<std::int64_t> required_time(const json::object& object, std::string_view name);
// Empty where absent.
Wire<std::vector<std::string>> texts_member(const json::object& object, std::string_view name, std::size_t most, std::size_t longest = 1024);
Wire<std::vector<double>> reals_member(const json::object& object, std::string_view name, std::size_t most);
Wire<std::vector<const json::object*>> objects_member(const json::object& object, std::string_view name, std::size_t most);
Wire<const json::object*> object_member(const json::object& object, std::string_view name);  // nullptr where absent

Wire<std::optional<std::string>> unit_member(const json::object& object);
// Dimensions: [{"Name", "Value"}], at most 30.
Wire<monitor::Dimensions> dimensions_member(const json::object& object, std::string_view path = "Dimensions");
json::array json_of_dimensions(const monitor::Dimensions& dimensions);
Wire<std::map<std::string, std::string>> tags_member(const json::object& object);

// Seconds since 1970, as answers have times.
inline double seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000; }

// Tokens of pages: whatever the next page must know.
std::string page_token(std::string_view content);
Wire<std::optional<std::string>> page_member(const json::object& request);  // InvalidNextToken

}  // namespace eyrie::api::cloudwatch
