#include "api/iam/members.h"

#include <functional>

#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "iam/names.h"
#include "iam/policy/identity_policy.h"

namespace eyrie::api::iam_api {
namespace {

constexpr std::size_t kDefaultPage = 100, kMaxPage = 1000;

}  // namespace

aws::WireError wire_error(const Error& error) {
  switch (error.code) {
    case Code::kNotFound:
      return {404, "NoSuchEntity", error.message};
    case Code::kAlreadyExists:
      return {409, "EntityAlreadyExists", error.message};
    case Code::kFailedPrecondition:
      return {409, "DeleteConflict", error.message};
    case Code::kTooLarge:
      return {409, "LimitExceeded", error.message};
    case Code::kInvalidArgument:
      return {400, "ValidationError", error.message};
    default:
      log_error("identities cannot be kept", {{"error", error.message}});
      return {500, "ServiceFailure", "The request processing has failed because of an unknown error, exception or failure."};
  }
}

std::unexpected<aws::WireError> invalid(const std::string& message) {
  return std::unexpected(aws::WireError{400, "ValidationError", message});
}

Wire<std::string> required(const QueryCall& call, std::string_view name) {
  const auto value = call.optional(name);
  std::string member(name);
  if (!member.empty() && member[0] >= 'A' && member[0] <= 'Z') member[0] = static_cast<char>(member[0] + ('a' - 'A'));
  if (!value) {
    return std::unexpected(wire_error(iam::broken_constraint("null", member, "Member must not be null").error()));
  }
  if (value->empty()) {
    return std::unexpected(
        wire_error(iam::broken_constraint("", member, "Member must have length greater than or equal to 1").error()));
  }
  return *value;
}

Wire<std::string> user_name(const QueryCall& call) {
  if (call.optional("UserName")) return required(call, "UserName");
  const iam::Principal& caller = call.context.caller->principal();
  if (caller.kind == iam::Principal::Kind::kUser) return caller.name;
  return invalid("Must specify userName when calling with non-User credentials");
}

std::string path_of(const QueryCall& call) {
  return call.optional("Path").value_or("/");
}

Wire<void> refuse_members(const QueryCall& call, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto first = call.parameters.lower_bound(name);
    if (first == call.parameters.end()) continue;
    if (first->first == name || first->first.starts_with(std::string(name) + "."))
      return std::unexpected(aws::WireError{501, "NotImplemented", std::string(name) + " is not supported by Eyrie."});
  }
  return {};
}

Wire<iam::PolicyPtr> policy_document(const QueryCall& call) {
  EYRIE_TRY(const std::string text, required(call, "PolicyDocument"));
  auto document = iam::PolicyDocument::parse(text);
  const Status checked = document ? iam::check_identity_policy(*document) : std::unexpected(document.error());
  if (checked) return std::make_shared<const iam::PolicyDocument>(std::move(*document));
  return std::unexpected(aws::WireError{400, "MalformedPolicyDocument", checked.error().message});
}

Wire<PageAsked> page_asked(const QueryCall& call) {
  PageAsked page{.after = std::nullopt, .most = kDefaultPage};
  if (const auto asked = call.optional("MaxItems")) {
    const auto value = whole_number<std::size_t>(*asked);
    if (!value || *value == 0 || *value > kMaxPage) {
      return std::unexpected(wire_error(
          iam::broken_constraint(*asked, "maxItems", "Member must have value between 1 and 1000, inclusive").error()));
    }
    page.most = *value;
  }
  if (const auto marker = call.optional("Marker")) {
    page.after = marked_key(*marker);
    if (!page.after) return invalid("Invalid Marker.");
  }
  return page;
}

void close_page(XmlWriter& xml, const char* name, const PageSpan& page) {
  xml.close(name).flag("IsTruncated", !page.next.empty());
  if (!page.next.empty()) xml.text("Marker", page.next);
}

Wire<OwnPolicies::value_type> own_policy(const QueryCall& call, const OwnPolicies& policies, std::string_view whose) {
  EYRIE_TRY(const std::string name, required(call, "PolicyName"));
  const auto policy = policies.find(name);
  if (policy != policies.end()) return *policy;
  return std::unexpected(
      aws::WireError{404, "NoSuchEntity", "The " + std::string(whose) + " policy with name " + name + " cannot be found."});
}

QueryResult write_policy_names(const QueryCall& call, XmlWriter& xml, const OwnPolicies& policies) {
  std::vector<std::string> names;
  for (const auto& [name, policy] : policies) names.push_back(name);
  EYRIE_TRY(const PageSpan page, page_of(call, names, std::identity()));
  xml.open("PolicyNames");
  for (std::size_t i = page.begin; i < page.end; ++i) xml.text("member", names[i]);
  close_page(xml, "PolicyNames", page);
  return {};
}

std::string time_text(std::int64_t ms) {
  std::string text = format_iso8601(ms);
  return text.substr(0, text.find('.')) + "Z";
}

}  // namespace eyrie::api::iam_api
