// A key's policy is AWS's default one: what IAM's policies say counts. It can be told, and put again as it is.
#include "api/kms/members.h"
#include "api/kms/operations.h"

namespace eyrie::api::kms_api {
namespace {

constexpr const char* kDefault = "default";
constexpr std::size_t kMaxPolicy = 32'768;

json::object statement(const json::value& principal) {
  return {{"Effect", "Allow"}, {"Principal", {{"AWS", principal}}}, {"Action", "kms:*"}, {"Resource", "*"}};
}

json::object default_policy() {
  json::object only = statement(json::string(aws::iam_arn("root")));
  only["Sid"] = "Enable IAM User Permissions";
  return {{"Version", "2012-10-17"}, {"Id", "key-default-1"}, {"Statement", json::array{std::move(only)}}};
}

// Id and Sid are names; a list of one is that one; the account may stand for its root.
bool is_default(const json::object& policy) {
  const json::value* version = policy.if_contains("Version");
  const json::value* statements = policy.if_contains("Statement");
  if (version == nullptr || *version != "2012-10-17" || statements == nullptr) return false;
  const json::value& one = statements->is_array() && statements->get_array().size() == 1 ? statements->get_array().front() : *statements;
  if (!one.is_object()) return false;
  json::object bare = one.get_object();
  bare.erase("Sid");
  return bare == statement(json::string(aws::iam_arn("root"))) || bare == statement(json::string(kAccount));
}

Wire<void> check_name(const json::object& request) {
  EYRIE_TRY(const auto name, text_member(request, "PolicyName"));
  if (name.value_or(kDefault) == kDefault) return {};
  return std::unexpected(aws::WireError{400, "NotFoundException", "No such policy exists"});
}

}  // namespace

Wire<void> check_key_policy(const json::object& request) {
  EYRIE_TRY(const std::string text, required_text(request, "Policy", kMaxPolicy));
  const auto document = parse_json(text);
  if (!document || !document->is_object()) {
    return std::unexpected(aws::WireError{400, "MalformedPolicyDocumentException", "The policy document is no JSON object"});
  }
  if (is_default(document->get_object())) return {};
  return std::unexpected(aws::WireError{400, "UnsupportedOperationException",
                                        "Key policies other than the default one, which lets the account's IAM policies decide, are not implemented."});
}

JsonResult get_key_policy(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_CHECK_OK(check_name(request));
  EYRIE_CHECK_OK(wire(keys.key_itself(id)));
  return json::object{{"Policy", write_json_pretty(default_policy())}, {"PolicyName", kDefault}};
}

JsonResult put_key_policy(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_CHECK_OK(check_name(request));
  EYRIE_CHECK_OK(check_key_policy(request));
  EYRIE_CHECK_OK(wire(keys.key_itself(id)));
  return json::object{};
}

JsonResult list_key_policies(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const auto limit, integer_member(request, "Limit", 1, 1000));
  (void)limit;  // there is one
  EYRIE_CHECK_OK(wire(keys.key_itself(id)));
  return json::object{{"PolicyNames", json::array{kDefault}}, {"Truncated", false}};
}

}  // namespace eyrie::api::kms_api
