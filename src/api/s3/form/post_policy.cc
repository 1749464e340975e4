#include "api/s3/form/post_policy.h"

#include <algorithm>
#include <optional>

#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/json.h"

namespace eyrie::api::s3 {
namespace {

std::unexpected<aws::WireError> invalid_policy(const std::string& why) {
  return std::unexpected(aws::WireError{400, "InvalidPolicyDocument", "Invalid Policy: " + why});
}

std::unexpected<aws::WireError> denied(const std::string& why) {
  return std::unexpected(aws::WireError{403, "AccessDenied", "Invalid according to Policy: " + why});
}

std::optional<std::uint64_t> number(const json::value& value) {
  if (value.is_int64() && value.get_int64() >= 0) return static_cast<std::uint64_t>(value.get_int64());
  if (value.is_uint64()) return value.get_uint64();
  if (!value.is_string()) return std::nullopt;
  return whole_number<std::uint64_t>(value.get_string());
}

bool is_free(const std::string& field) {
  static constexpr std::string_view kFree[] = {"policy", "x-amz-signature", "signature", "awsaccesskeyid", "file"};
  return std::ranges::find(kFree, field) != std::end(kFree) || field.starts_with("x-ignore-");
}

// A list of types must begin so one by one.
bool begins(const std::string& field, std::string_view value, const std::string& prefix) {
  if (field != "content-type") return value.starts_with(prefix);
  while (true) {
    const std::size_t comma = value.find(',');
    std::string_view one = value.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (!one.starts_with(prefix)) return false;
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

std::expected<PostPolicy, aws::WireError> PostPolicy::parse(std::string_view text) {
  const auto document = parse_json(text);
  if (!document || !document->is_object() || !check_unique_members(text)) return invalid_policy("Invalid JSON.");
  const json::value* expiration = document->get_object().if_contains("expiration");
  if (expiration == nullptr) return invalid_policy("Policy missing expiration.");
  const auto expires = expiration->is_string() ? parse_iso8601(expiration->get_string()) : std::nullopt;
  if (!expires) return invalid_policy("Invalid 'expiration' value.");
  const json::value* conditions = document->get_object().if_contains("conditions");
  if (conditions == nullptr || !conditions->is_array()) return invalid_policy("Policy missing conditions.");

  PostPolicy policy;
  policy.expiration_ms_ = *expires;
  for (const json::value& condition : conditions->get_array()) {
    const std::string shown = write_json(condition);
    if (condition.is_object()) {
      if (condition.get_object().size() != 1)
        return invalid_policy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
      const auto& [name, value] = *condition.get_object().begin();
      if (!value.is_string()) return invalid_policy("Invalid Simple-Condition: value must be a string.");
      policy.conditions_.push_back({.field = lower_case(name),
                                    .value = std::string(value.get_string()),
                                    .text = R"(["eq", "$)" + std::string(name) + "\", " + write_json(value) + "]"});
      continue;
    }
    const bool sound = condition.is_array() && condition.get_array().size() == 3 && condition.at(0).is_string();
    if (!sound) return invalid_policy("Invalid Condition: " + shown);
    const std::string operation = lower_case(condition.at(0).get_string());
    if (operation == "content-length-range") {
      const auto least = number(condition.at(1)), most = number(condition.at(2));
      if ((!least && condition.at(1).is_string()) || (!most && condition.at(2).is_string())) {
        policy.conditions_.push_back({.field = "", .value = "", .text = shown});
        continue;
      }
      if (!least || !most || *least > *most) return invalid_policy("Invalid content-length-range: " + shown);
      // Of several ranges all must hold.
      policy.min_bytes_ = std::max(policy.min_bytes_, *least);
      policy.max_bytes_ = std::min(policy.max_bytes_, *most);
      continue;
    }
    const bool prefix = operation == "starts-with";
    if ((!prefix && operation != "eq") || !condition.at(1).is_string() || !condition.at(2).is_string())
      return invalid_policy("Invalid Condition: " + shown);
    const std::string_view field = condition.at(1).get_string();
    policy.conditions_.push_back({.field = field.starts_with('$') ? lower_case(field.substr(1)) : "",
                                  .value = std::string(condition.at(2).get_string()),
                                  .prefix = prefix,
                                  .text = shown});
  }
  return policy;
}

std::expected<void, aws::WireError> PostPolicy::check(const Fields& fields, std::int64_t now_ms) const {
  if (now_ms >= expiration_ms_) return denied("Policy expired.");
  for (const Condition& condition : conditions_) {
    const auto found = fields.find(condition.field);
    const bool any = condition.prefix && condition.value.empty() && !condition.field.empty();
    const bool holds = found == fields.end() ? any
                       : condition.prefix    ? begins(condition.field, found->second, condition.value)
                                             : found->second == condition.value;
    if (!holds) return denied("Policy Condition failed: " + condition.text);
  }
  for (const auto& [name, value] : fields) {
    const bool named =
        is_free(name) || std::ranges::any_of(conditions_, [&](const auto& one) { return one.field == name; });
    if (!named) return denied("Extra input fields: " + name);
  }
  return {};
}

}  // namespace eyrie::api::s3
