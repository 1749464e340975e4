#include "api/kms/members.h"

#include "base/encoding.h"

namespace eyrie::api::kms_api {
namespace {

const json::value* present(const json::object& request, std::string_view name) {
  const json::value* value = request.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string camel(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + ('a' - 'A'));
  return text;
}

std::unexpected<aws::WireError> wrong_type(std::string_view name) {
  return std::unexpected(aws::WireError{400, "SerializationException", "The member " + std::string(name) + " has a wrong type."});
}

}  // namespace

std::unexpected<aws::WireError> invalid(const std::string& message) {
  return std::unexpected(aws::WireError{400, "ValidationException", message});
}

std::unexpected<aws::WireError> broken_constraint(std::string_view value, std::string_view member, std::string_view constraint) {
  return invalid("1 validation error detected: Value " + std::string(value) + " at '" + camel(member) +
                 "' failed to satisfy constraint: " + std::string(constraint));
}

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return wrong_type(name);
  return std::string(value->get_string());
}

Wire<std::string> required_text(const json::object& request, std::string_view name, std::size_t most) {
  EYRIE_TRY(const auto text, text_member(request, name));
  if (!text) return broken_constraint("null", name, "Member must not be null");
  if (text->empty()) return broken_constraint("''", name, "Member must have length greater than or equal to 1");
  if (text->size() > most) {
    return broken_constraint("'" + text->substr(0, 64) + "'", name,
                             "Member must have length less than or equal to " + std::to_string(most));
  }
  return *text;
}

Wire<std::string> key_id(const json::object& request, std::string_view name) {
  constexpr std::size_t kMaxKeyId = 2048;
  return required_text(request, name, kMaxKeyId);
}

Wire<std::optional<int>> integer_member(const json::object& request, std::string_view name, int least, int most) {
  const json::value* value = present(request, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64() && !value->is_uint64()) return wrong_type(name);
  const std::int64_t number = value->is_int64() ? value->get_int64() : INT64_MAX;
  if (number < least)
    return broken_constraint(std::to_string(number), name, "Member must have value greater than or equal to " + std::to_string(least));
  if (number > most)
    return broken_constraint(std::to_string(number), name, "Member must have value less than or equal to " + std::to_string(most));
  return static_cast<int>(number);
}

Wire<Bytes> required_blob(const json::object& request, std::string_view name, std::size_t most) {
  EYRIE_TRY(const auto text, text_member(request, name));
  if (!text) return broken_constraint("null", name, "Member must not be null");
  auto bytes = base64_decode(*text);
  if (!bytes) return wrong_type(name);
  // Values are not repeated in errors: they are secrets.
  if (bytes->empty()) return broken_constraint("of this length", name, "Member must have length greater than or equal to 1");
  if (bytes->size() > most)
    return broken_constraint("of this length", name, "Member must have length less than or equal to " + std::to_string(most));
  return std::move(*bytes);
}

Wire<kms::EncryptionContext> context_member(const json::object& request, std::string_view name) {
  kms::EncryptionContext context;
  const json::value* value = present(request, name);
  if (value == nullptr) return context;
  if (!value->is_object()) return wrong_type(name);
  for (const auto& [key, text] : value->get_object()) {
    if (!text.is_string()) return wrong_type(name);
    context.emplace(key, text.get_string());
  }
  return context;
}

Wire<void> only(const json::object& request, std::string_view name, std::string_view value) {
  const json::value* given = present(request, name);
  if (given == nullptr || (given->is_bool() && !given->get_bool())) return {};
  if (given->is_string() && given->get_string() == value) return {};
  return std::unexpected(aws::WireError{400, "UnsupportedOperationException",
                                        std::string(name) + " is supported by Eyrie only as " + std::string(value) + "."});
}

Wire<void> refuse_members(const json::object& request, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const json::value* given = present(request, name);
    if (given == nullptr || (given->is_array() && given->get_array().empty()) || (given->is_bool() && !given->get_bool())) continue;
    return std::unexpected(
        aws::WireError{400, "UnsupportedOperationException", std::string(name) + " is not supported by Eyrie."});
  }
  return {};
}

aws::WireError wire_error(const kms::Failure& failure) {
  const int status = failure.problem == kms::Problem::kInternal ? 500 : 400;
  return {status, std::string(kms::exception_name(failure.problem)), failure.message};
}

}  // namespace eyrie::api::kms_api
