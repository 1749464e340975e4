#include "api/iam/operations.h"

namespace eyrie::api::iam_api {
namespace {

void describe(const iam::User& user, XmlWriter& xml) {
  xml.text("Path", user.path).text("UserName", user.name).text("UserId", user.id).text("Arn", user.arn());
  xml.text("CreateDate", time_text(user.created_ms));
}

}  // namespace

QueryResult create_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_CHECK_OK(refuse_members(call, {"Tags", "PermissionsBoundary"}));
  EYRIE_TRY(const std::string name, required(call, "UserName"));
  EYRIE_TRY(const iam::User user, wire(identities.create_user(name, path_of(call))));
  xml.open("User");
  describe(user, xml);
  xml.close("User");
  return {};
}

QueryResult get_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  const iam::Principal& caller = call.context.caller->principal();
  if (!call.optional("UserName") && caller.kind == iam::Principal::Kind::kRoot) {
    // When the account was made is not known; the root user is told without it.
    xml.open("User").text("UserId", caller.id).text("Arn", caller.arn).text("CreateDate", time_text(0)).close("User");
    return {};
  }
  EYRIE_TRY(const std::string name, user_name(call));
  EYRIE_TRY(const iam::User user, wire(identities.user(name)));
  xml.open("User");
  describe(user, xml);
  xml.close("User");
  return {};
}

QueryResult list_users(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  const std::string prefix = call.optional("PathPrefix").value_or("/");
  std::vector<iam::User> users = identities.users();
  std::erase_if(users, [&](const iam::User& user) { return !user.path.starts_with(prefix); });
  return write_page(call, xml, "Users", users, std::mem_fn(&iam::User::name), [&xml](const iam::User& user) { describe(user, xml); });
}

QueryResult update_user(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "UserName"));
  return wire(identities.update_user(name, call.optional("NewUserName"), call.optional("NewPath")));
}

QueryResult delete_user(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string name, required(call, "UserName"));
  return wire(identities.delete_user(name));
}

// There are no groups; tools ask before they delete a user.
QueryResult list_groups_for_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string name, required(call, "UserName"));
  EYRIE_CHECK_OK(wire(identities.user(name)));
  xml.open("Groups").close("Groups").flag("IsTruncated", false);
  return {};
}

}  // namespace eyrie::api::iam_api
