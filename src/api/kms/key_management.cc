#include "api/kms/members.h"
#include "api/kms/operations.h"
#include "api/kms/page.h"

namespace eyrie::api::kms_api {
namespace {

constexpr std::size_t kMaxDescription = 8192;
constexpr int kDefaultWindow = 30;

std::string_view state_name(kms::KeyState state) {
  switch (state) {
    case kms::KeyState::kEnabled:
      return "Enabled";
    case kms::KeyState::kDisabled:
      return "Disabled";
    case kms::KeyState::kPendingDeletion:
      return "PendingDeletion";
  }
  return "";
}

json::object describe(const kms::Key& key) {
  json::object described{{"AWSAccountId", kAccount},
                         {"KeyId", key.id},
                         {"Arn", key.arn()},
                         {"CreationDate", seconds(key.created_ms)},
                         {"Enabled", key.state == kms::KeyState::kEnabled},
                         {"Description", key.description},
                         {"KeyUsage", "ENCRYPT_DECRYPT"},
                         {"KeyState", state_name(key.state)},
                         {"Origin", "AWS_KMS"},
                         {"KeyManager", key.of_aws ? "AWS" : "CUSTOMER"},
                         {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
                         {"KeySpec", "SYMMETRIC_DEFAULT"},
                         {"EncryptionAlgorithms", json::array{"SYMMETRIC_DEFAULT"}},
                         {"MultiRegion", false}};
  if (key.state == kms::KeyState::kPendingDeletion) described["DeletionDate"] = seconds(key.deletion_ms);
  return described;
}

Wire<std::string> description_of(const json::object& request) {
  EYRIE_TRY(const auto text, text_member(request, "Description"));
  if (text && text->size() > kMaxDescription)
    return broken_constraint("of this length", "Description", "Member must have length less than or equal to 8192");
  return text.value_or("");
}

}  // namespace

JsonResult create_key(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_CHECK_OK(only(request, "KeyUsage", "ENCRYPT_DECRYPT"));
  EYRIE_CHECK_OK(only(request, "KeySpec", "SYMMETRIC_DEFAULT"));
  EYRIE_CHECK_OK(only(request, "CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"));
  EYRIE_CHECK_OK(only(request, "Origin", "AWS_KMS"));
  EYRIE_CHECK_OK(refuse_members(request, {"MultiRegion", "CustomKeyStoreId", "XksKeyId"}));
  EYRIE_TRY(const std::string description, description_of(request));
  if (request.contains("Policy")) EYRIE_CHECK_OK(check_key_policy(request));
  EYRIE_TRY(auto tags, tags_member(request));
  EYRIE_TRY(const kms::Key key, wire(keys.create_key(description, std::move(tags))));
  return json::object{{"KeyMetadata", describe(key)}};
}

JsonResult describe_key(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const kms::Key key, wire(keys.describe(id)));
  return json::object{{"KeyMetadata", describe(key)}};
}

JsonResult list_keys(kms::LocalKeys& keys, const json::object& request) {
  return page_answer(request, "Keys", keys.keys(), 100, std::mem_fn(&kms::Key::id), [](const kms::Key& key) {
    return json::object{{"KeyId", key.id}, {"KeyArn", key.arn()}};
  });
}

JsonResult enable_key(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_CHECK_OK(wire(keys.set_enabled(id, true)));
  return json::object{};
}

JsonResult disable_key(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_CHECK_OK(wire(keys.set_enabled(id, false)));
  return json::object{};
}

JsonResult update_key_description(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const std::string description, description_of(request));
  EYRIE_CHECK_OK(wire(keys.set_description(id, description)));
  return json::object{};
}

JsonResult schedule_key_deletion(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const auto days, integer_member(request, "PendingWindowInDays", 7, 30));
  const int window = days.value_or(kDefaultWindow);
  EYRIE_TRY(const kms::Key key, wire(keys.schedule_deletion(id, window)));
  return json::object{{"KeyId", key.arn()},
                      {"DeletionDate", seconds(key.deletion_ms)},
                      {"KeyState", state_name(key.state)},
                      {"PendingWindowInDays", window}};
}

JsonResult cancel_key_deletion(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const kms::Key key, wire(keys.cancel_deletion(id)));
  return json::object{{"KeyId", key.arn()}};
}

}  // namespace eyrie::api::kms_api
