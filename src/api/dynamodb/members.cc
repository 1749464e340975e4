#include "api/dynamodb/members.h"

#include <algorithm>
#include <cmath>

namespace eyrie::api::dynamodb {
namespace {

constexpr std::string_view kNull = "null";

const json::value* present(const json::object& request, std::string_view name) {
  const json::value* value = request.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// What the value is, in the words of AWS's JSON reader.
std::string_view found(const json::value& value) {
  switch (value.kind()) {
    case json::kind::object:
      return "Start of structure or map found where not expected.";
    case json::kind::array:
      return "Start of list found where not expected.";
    case json::kind::bool_:
      return value.get_bool() ? "TRUE_VALUE cannot be converted to " : "FALSE_VALUE cannot be converted to ";
    case json::kind::string:
      return "STRING_VALUE cannot be converted to ";
    default:
      return "NUMBER_VALUE cannot be converted to ";
  }
}

std::unexpected<aws::WireError> wrong_type(const json::value& value, std::string_view wanted) {
  std::string message(found(value));
  if (message.ends_with(' ')) message += wanted;
  return std::unexpected(aws::dynamodb::serialization(message));
}

std::string camel(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

bool table_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

}  // namespace

std::unexpected<aws::WireError> invalid(std::string_view message) {
  return std::unexpected(aws::dynamodb::validation(message));
}

std::unexpected<aws::WireError> broken_constraint(std::string_view value, std::string_view member,
                                                  std::string_view constraint) {
  std::string message = "1 validation error detected: Value ";
  if (value == kNull) {
    message += value;
  } else {
    message.append("'").append(value).append("'");
  }
  message.append(" at '").append(camel(member)).append("' failed to satisfy constraint: ").append(constraint);
  return invalid(message);
}

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return std::nullopt;
  if (const json::string* text = value->if_string()) return std::string(*text);
  return wrong_type(*value, "String");
}

Wire<std::optional<std::int64_t>> integer_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return std::nullopt;
  if (const std::int64_t* number = value->if_int64()) return *number;
  const double* real = value->if_double();
  const bool whole = real != nullptr && *real == std::floor(*real) && std::fabs(*real) < 9e15;
  if (whole) return static_cast<std::int64_t>(*real);
  return wrong_type(*value, "Integer");
}

Wire<std::optional<bool>> bool_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return std::nullopt;
  if (const bool* flag = value->if_bool()) return *flag;
  return wrong_type(*value, "Boolean");
}

Wire<const json::object*> object_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return nullptr;
  if (const json::object* object = value->if_object()) return object;
  return wrong_type(*value, "Map");
}

Wire<const json::array*> array_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return nullptr;
  if (const json::array* array = value->if_array()) return array;
  return wrong_type(*value, "List");
}

Wire<const json::object*> object_element(const json::value& value) {
  if (const json::object* object = value.if_object()) return object;
  return std::unexpected(aws::dynamodb::serialization("Unexpected value type in a list."));
}

Wire<std::string> required_text(const json::object& request, std::string_view name) {
  EYRIE_TRY(auto text, text_member(request, name));
  if (!text) return broken_constraint(kNull, name, "Member must not be null");
  return std::move(*text);
}

Wire<const json::object*> required_object(const json::object& request, std::string_view name) {
  EYRIE_TRY(const json::object* object, object_member(request, name));
  if (object == nullptr) return broken_constraint(kNull, name, "Member must not be null");
  return object;
}

Wire<std::optional<std::string>> enum_member(const json::object& request, std::string_view name,
                                             std::initializer_list<std::string_view> allowed) {
  EYRIE_TRY(auto text, text_member(request, name));
  if (!text || std::ranges::find(allowed, *text) != allowed.end()) return text;
  std::string set;
  for (const std::string_view value : allowed) set.append(set.empty() ? "" : ", ").append(value);
  return broken_constraint(*text, name, "Member must satisfy enum value set: [" + set + "]");
}

Wire<std::optional<std::int64_t>> integer_member_from(const json::object& request, std::string_view name,
                                                      std::int64_t least) {
  EYRIE_TRY(auto number, integer_member(request, name));
  if (!number || *number >= least) return number;
  return broken_constraint(std::to_string(*number), name,
                           "Member must have value greater than or equal to " + std::to_string(least));
}

std::string table_told(std::string name_or_arn) {
  constexpr std::string_view kArnMark = ":table/";
  if (!name_or_arn.starts_with("arn:")) return name_or_arn;
  const std::size_t mark = name_or_arn.find(kArnMark);
  if (mark != std::string::npos) name_or_arn.erase(0, mark + kArnMark.size());
  return name_or_arn;
}

Wire<std::string> table_name(const json::object& request) {
  EYRIE_TRY(std::string name, required_text(request, "TableName"));
  name = table_told(std::move(name));
  if (name.size() < 3) {
    return broken_constraint(name, "TableName", "Member must have length greater than or equal to 3");
  }
  if (name.size() > 255) {
    return broken_constraint(name.substr(0, 300), "TableName",
                             "Member must have length less than or equal to 255");
  }
  if (!std::ranges::all_of(name, table_name_char)) {
    return broken_constraint(name, "TableName",
                             "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  }
  return name;
}

Wire<std::string> table_name_key(std::string_view key) {
  return table_name({{"TableName", key}});
}

Wire<void> refuse_members(const json::object& request, std::initializer_list<std::string_view> names,
                          std::string_view advice) {
  for (const std::string_view name : names) {
    if (present(request, name) != nullptr) {
      return invalid(std::string(name) + " is not supported by Eyrie. " + std::string(advice));
    }
  }
  return {};
}

}  // namespace eyrie::api::dynamodb
