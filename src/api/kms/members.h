// Reads the members of a KMS request: a wrong type is a SerializationException, a broken constraint a ValidationException. A member that
// is null counts as absent. And KMS's exceptions. Thread-safe: pure functions.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>

#include "api/common/json_service.h"
#include "base/transform_error.h"
#include "kms/key_service.h"

namespace eyrie::api::kms_api {

template <typename T>
using Wire = std::expected<T, aws::WireError>;

std::unexpected<aws::WireError> invalid(const std::string& message);  // ValidationException
std::unexpected<aws::WireError> broken_constraint(std::string_view value, std::string_view member, std::string_view constraint);

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name);
Wire<std::string> required_text(const json::object& request, std::string_view name, std::size_t most);
// A key's id or ARN, or an alias; KeyId, where no other name is told.
Wire<std::string> key_id(const json::object& request, std::string_view name = "KeyId");
// Within [least, most].
Wire<std::optional<int>> integer_member(const json::object& request, std::string_view name, int least, int most);
// 1 to `most` bytes, base64.
Wire<Bytes> required_blob(const json::object& request, std::string_view name, std::size_t most);
Wire<kms::EncryptionContext> context_member(const json::object& request, std::string_view name);
// The members must be absent, or have the one value that is supported (or be false).
Wire<void> only(const json::object& request, std::string_view name, std::string_view value);
// UnsupportedOperationException where one of these is given.
Wire<void> refuse_members(const json::object& request, std::initializer_list<std::string_view> names);

aws::WireError wire_error(const kms::Failure& failure);

template <typename T>
Wire<T> wire(kms::Outcome<T> outcome) {
  return transform_error(std::move(outcome), wire_error);
}

// The member Tags: [{"TagKey", "TagValue"}]; TagException where a key is told twice or is AWS's.
Wire<std::map<std::string, std::string>> tags_member(const json::object& request);

// The member Policy must be the policy that every key has; MalformedPolicyDocumentException, UnsupportedOperationException.
Wire<void> check_key_policy(const json::object& request);

}  // namespace eyrie::api::kms_api
