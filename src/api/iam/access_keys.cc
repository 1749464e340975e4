#include "api/iam/operations.h"

namespace eyrie::api::iam_api {
namespace {

std::string status_of(const iam::UserKey& key) {
  return key.active ? "Active" : "Inactive";
}

}  // namespace

QueryResult create_access_key(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string user, user_name(call));
  EYRIE_TRY(const iam::Identities::NewKey made, wire(identities.create_key(user)));
  xml.open("AccessKey").text("UserName", user).text("AccessKeyId", made.key.id).text("Status", status_of(made.key));
  xml.text("SecretAccessKey", made.secret).text("CreateDate", time_text(made.key.created_ms)).close("AccessKey");
  return {};
}

QueryResult list_access_keys(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string user, user_name(call));
  EYRIE_TRY(const auto keys, wire(identities.keys(user)));
  const auto key_of = [](const iam::UserKey& key) { return number_key(key.created_ms) + key.id; };
  return write_page(call, xml, "AccessKeyMetadata", keys, key_of, [&](const iam::UserKey& key) {
    xml.text("UserName", user).text("AccessKeyId", key.id).text("Status", status_of(key));
    xml.text("CreateDate", time_text(key.created_ms));
  });
}

QueryResult update_access_key(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string user, user_name(call));
  EYRIE_TRY(const std::string id, required(call, "AccessKeyId"));
  EYRIE_TRY(const std::string status, required(call, "Status"));
  if (status != "Active" && status != "Inactive") {
    return invalid("1 validation error detected: Value '" + status +
                   "' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]");
  }
  return wire(identities.set_key_active(user, id, status == "Active"));
}

QueryResult delete_access_key(iam::Identities& identities, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const std::string user, user_name(call));
  EYRIE_TRY(const std::string id, required(call, "AccessKeyId"));
  return wire(identities.delete_key(user, id));
}

QueryResult get_access_key_last_used(iam::Identities& identities, const QueryCall& call, XmlWriter& xml) {
  EYRIE_TRY(const std::string id, required(call, "AccessKeyId"));
  EYRIE_TRY(const iam::UserKey key, wire(identities.key(id)));
  const bool used = key.last_use.time_ms > 0;
  xml.text("UserName", key.user).open("AccessKeyLastUsed");
  if (used) xml.text("LastUsedDate", time_text(key.last_use.time_ms));
  xml.text("ServiceName", used ? key.last_use.service : "N/A").text("Region", used ? key.last_use.region : "N/A");
  xml.close("AccessKeyLastUsed");
  return {};
}

}  // namespace eyrie::api::iam_api
