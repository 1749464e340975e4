// What Lambda's operations share: names, members of requests, errors, pages, the description of a version. Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/lambda/operations.h"
#include "base/transform_error.h"

namespace eyrie::api::lambda {

template <typename T>
using Wire = std::expected<T, aws::WireError>;

std::unexpected<aws::WireError> invalid(const std::string& message);     // InvalidParameterValueException
std::unexpected<aws::WireError> serialization(std::string_view member);  // of another type than it should be
std::unexpected<aws::WireError> broken_constraint(std::string_view value, std::string_view member, std::string_view constraint);
std::unexpected<aws::WireError> no_function(const Named& named);

aws::WireError wire_error(const Error& error);
template <typename T>
Wire<T> wire(Result<T> result) {
  return transform_error(std::move(result), wire_error);
}

// nullopt: not of the form. kNotFound's counterpart, another account's or region's function, is told by `elsewhere`.
std::optional<Named> parse_name(std::string_view text, bool& elsewhere);

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name, std::size_t most);
Wire<std::string> required_text(const json::object& request, std::string_view name, std::size_t most);
Wire<std::optional<int>> integer_member(const json::object& request, std::string_view name, int least, int most);
Wire<bool> flag_member(const json::object& request, std::string_view name);
// nullptr where it is absent or null.
Wire<const json::object*> object_member(const json::object& request, std::string_view name);
Wire<std::map<std::string, std::string>> texts_member(const json::object& request, std::string_view name);
// Whether it is an ARN at all; what it names is asked elsewhere.
Wire<void> check_arn(std::string_view text, std::string_view member);
// Refuses what would mean something else than what is done without it.
Wire<void> refuse_members(const json::object& request, std::initializer_list<std::string_view> names);

bool is_built_in(const Backend& backend, const std::string& name);
// ResourceConflictException where it is a built-in function.
Wire<void> changeable(const Backend& backend, const Named& named);
Wire<functions::FunctionPtr> function_of(const Backend& backend, const Named& named);
// For what only reads. A built-in function is one of which nothing is set and that has no version but $LATEST.
Wire<functions::FunctionPtr> readable_function(const Backend& backend, const Named& named);
// The version or the alias that the qualifier names must be there.
Wire<void> check_qualifier(const functions::FunctionRecord& function, const std::string& qualifier);

// As FunctionConfiguration. `qualifier`: what ends the ARN; empty: nothing.
json::object describe(const functions::FunctionRecord& function, const functions::FunctionVersion& version, const std::string& qualifier);
json::object describe_built_in(const std::string& name);

// An entry of a list that is told in pages, and where it stands in it: see page_span().
struct Listed {
  std::string key;
  json::object shown;
};
// The part of `entries` that Marker and MaxItems ask for, as a document whose list is called `name`.
Wire<json::object> page(const Call& call, const char* name, std::vector<Listed> entries, std::size_t most);

// Seconds since 1970 as JSON, and the text of LastModified.
double seconds(std::int64_t ms);
std::string modified_text(std::int64_t ms);

}  // namespace eyrie::api::lambda
