#include "api/sns/members.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/log.h"

namespace eyrie::api::sns {
namespace {

constexpr std::size_t kMaxTagKey = 128, kMaxTagValue = 256;

std::size_t elements(std::string_view arn) { return static_cast<std::size_t>(std::ranges::count(arn, ':')) + 1; }

Wire<std::string> arn_parameter(const QueryCall& call, const std::string& name, std::optional<std::string> (*part)(std::string_view)) {
  const std::string arn = call.get(name);
  if (arn.empty()) return invalid(name);
  if (elements(arn) < 6) return invalid(name + " Reason: An ARN must have at least 6 elements, not " + std::to_string(elements(arn)));
  if (auto found = part(arn)) return *found;
  // Of another account or region: there is nothing of theirs here.
  if (arn.starts_with("arn:aws:sns:")) return std::unexpected(aws::WireError{404, "NotFound", name == "SubscriptionArn" ? "Subscription does not exist" : "Topic does not exist"});
  return invalid(name);
}

}  // namespace

aws::WireError invalid_parameter(const std::string& what) { return {400, "InvalidParameter", "Invalid parameter: " + what}; }

aws::WireError wire_error(const Error& error, const char* limit) {
  switch (error.code) {
    case Code::kNotFound:
      return {404, "NotFound", error.message};
    case Code::kInvalidArgument:
    case Code::kUnsupported:
      return invalid_parameter(error.message);
    case Code::kTooLarge:
      if (std::string_view(limit) == "InvalidParameter") return invalid_parameter(error.message);
      return {403, error.message.starts_with("Filter") ? "FilterPolicyLimitExceeded" : limit, error.message};
    case Code::kPermissionDenied:
      return {403, "AuthorizationError", error.message};
    default:
      log_error("topics cannot be kept", {{"error", error.message}});
      return {500, "InternalError", "The request processing has failed because of an unknown error."};
  }
}

Wire<std::string> topic_parameter(const QueryCall& call, std::string_view name) {
  return arn_parameter(call, std::string(name), [](std::string_view arn) { return notify::topics::topic_of_arn(arn); });
}

Wire<std::string> subscription_parameter(const QueryCall& call) {
  return arn_parameter(call, "SubscriptionArn", [](std::string_view arn) { return notify::topics::subscription_of_arn(arn); });
}

std::vector<std::string> list_of(const QueryCall& call, const std::string& name) {
  std::vector<std::string> list;
  while (auto value = call.optional(name + ".member." + std::to_string(list.size() + 1))) list.push_back(std::move(*value));
  return list;
}

std::vector<std::pair<std::string, std::string>> entries_of(const QueryCall& call, const std::string& name) {
  std::vector<std::pair<std::string, std::string>> entries;
  while (true) {
    const std::string entry = name + ".entry." + std::to_string(entries.size() + 1);
    const auto key = call.optional(entry + ".key");
    if (!key) return entries;
    entries.emplace_back(*key, call.get(entry + ".value"));
  }
}

Wire<std::map<std::string, std::string>> tags_of(const QueryCall& call) {
  std::map<std::string, std::string> tags;
  for (std::size_t number = 1;; ++number) {
    const std::string member = "Tags.member." + std::to_string(number);
    const auto key = call.optional(member + ".Key");
    if (!key) return tags;
    const std::string value = call.get(member + ".Value");
    if (key->empty() || key->size() > kMaxTagKey || value.size() > kMaxTagValue || key->starts_with("aws:")) return invalid("Tags");
    if (!tags.emplace(*key, value).second) return invalid("Duplicated keys are not allowed.");
  }
}

Wire<std::string> page_after(const QueryCall& call) {
  const auto token = call.optional("NextToken");
  if (!token || token->empty()) return std::string();
  const auto decoded = base64_decode(*token);
  if (!decoded || !valid_utf8(as_text(*decoded))) return invalid("NextToken");
  return std::string(as_text(*decoded));
}

std::string page_token(const std::string& last) { return base64_encode(as_bytes(last)); }

}  // namespace eyrie::api::sns
