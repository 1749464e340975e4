#include "api/sts/sts_service.h"

#include "api/sts/temporary_credentials.h"

namespace eyrie::api::sts {
namespace {

QueryResult get_caller_identity(const QueryCall& call, XmlWriter& xml) {
  const iam::Principal& principal = call.context.caller->principal();
  xml.text("Arn", principal.arn).text("UserId", principal.id).text("Account", kAccount);
  return {};
}

// Which account a key is of is told for keys that exist and those that do not alike: there is one account.
QueryResult get_access_key_info(const QueryCall& call, XmlWriter& xml) {
  const std::string id = call.get("AccessKeyId");
  if (id.size() < 16 || id.size() > 128) {
    return std::unexpected(aws::WireError{400, "ValidationError",
                                          "1 validation error detected: Value at 'accessKeyId' failed to satisfy constraint: "
                                          "Member must have length between 16 and 128, inclusive"});
  }
  xml.text("Account", kAccount);
  return {};
}

}  // namespace

StsService::StsService(const iam::Roles& roles, const iam::Sessions& sessions, const Door& door, net::MemoryBudget& budget)
    : QueryService({.name = "sts", .xmlns = "https://sts.amazonaws.com/doc/2011-06-15/", .version = "2011-06-15"}, door, budget) {
  // As with AWS, no policy is asked, not even one that denies.
  add("GetCallerIdentity", {.run = get_caller_identity});
  add("GetAccessKeyInfo", {.run = get_access_key_info, .needs = [](const QueryCall&) {
                             return std::vector<Need>{{.action = "sts:GetAccessKeyInfo", .resource = "*"}};
                           }});
  // Who may is in the role's trust policy; for a session token nobody asks.
  add("AssumeRole", {.run = [&](const QueryCall& call, XmlWriter& xml) { return assume_role(roles, sessions, call, xml); }});
  add("GetSessionToken", {.run = [&](const QueryCall& call, XmlWriter& xml) { return get_session_token(sessions, call, xml); }});
}

}  // namespace eyrie::api::sts
