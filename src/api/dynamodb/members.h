// Reads the members of a DynamoDB request with their types, and refuses what does not fit in DynamoDB's
// words: a wrong type is a SerializationException, a broken constraint a ValidationException. A member that
// is null counts as absent. Source: AWS service description `dynamodb`, 2012-08-10. Thread-safe: pure
// functions.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aws/wire_error.h"
#include "base/json.h"
#include "base/result.h"
#include "base/transform_error.h"

namespace eyrie::api::dynamodb {

template <typename T>
using Wire = std::expected<T, aws::WireError>;

// ValidationException.
std::unexpected<aws::WireError> invalid(std::string_view message);
// "1 validation error detected: Value 'VALUE' at 'member' failed to satisfy constraint: Member must ...";
// `member` is the request's name for it ("TableName").
std::unexpected<aws::WireError> broken_constraint(std::string_view value, std::string_view member,
                                                  std::string_view constraint);

// A store's answer; its error as DynamoDB's.
template <typename T>
Wire<T> wire(Result<T> result) {
  return transform_error(std::move(result), [](const Error& error) { return aws::dynamodb::from(error); });
}

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name);
Wire<std::optional<std::int64_t>> integer_member(const json::object& request, std::string_view name);
Wire<std::optional<bool>> bool_member(const json::object& request, std::string_view name);
Wire<const json::object*> object_member(const json::object& request,
                                        std::string_view name);                             // nullptr: absent
Wire<const json::array*> array_member(const json::object& request, std::string_view name);  // nullptr: absent

// One element of a list that must hold objects.
Wire<const json::object*> object_element(const json::value& value);

// As the above, but absent is a broken constraint.
Wire<std::string> required_text(const json::object& request, std::string_view name);
Wire<const json::object*> required_object(const json::object& request, std::string_view name);

// One of `allowed`, or nullopt where absent.
Wire<std::optional<std::string>> enum_member(const json::object& request, std::string_view name,
                                             std::initializer_list<std::string_view> allowed);
// At least `least`.
Wire<std::optional<std::int64_t>> integer_member_from(const json::object& request, std::string_view name,
                                                      std::int64_t least);

// What an ARN says after ":table/"; a name as it is. Who may use a table and which table it is must be told by the same words.
std::string table_told(std::string name_or_arn);
// TableName, checked; the name alone where an ARN is given.
Wire<std::string> table_name(const json::object& request);
// The same of a batch's member name.
Wire<std::string> table_name_key(std::string_view key);

// Refuses members that are known to AWS and not handled here.
Wire<void> refuse_members(const json::object& request, std::initializer_list<std::string_view> names,
                          std::string_view advice);

}  // namespace eyrie::api::dynamodb
