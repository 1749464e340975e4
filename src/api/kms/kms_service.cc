#include "api/kms/kms_service.h"

#include "api/kms/operations.h"
#include "base/encoding.h"

namespace eyrie::api::kms_api {
namespace {

constexpr std::size_t kMaxBody = 256U << 10;
constexpr std::size_t kMaxValues = 10'000;

constexpr std::pair<const char*, Operation> kOperations[] = {
    {"CancelKeyDeletion", cancel_key_deletion},
    {"CreateAlias", create_alias},
    {"CreateKey", create_key},
    {"Decrypt", decrypt},
    {"DeleteAlias", delete_alias},
    {"DescribeKey", describe_key},
    {"DisableKey", disable_key},
    {"DisableKeyRotation", disable_key_rotation},
    {"EnableKey", enable_key},
    {"EnableKeyRotation", enable_key_rotation},
    {"Encrypt", encrypt},
    {"GenerateDataKey", generate_data_key},
    {"GenerateDataKeyWithoutPlaintext", generate_data_key_without_plaintext},
    {"GenerateRandom", generate_random},
    {"GetKeyPolicy", get_key_policy},
    {"GetKeyRotationStatus", get_key_rotation_status},
    {"ListAliases", list_aliases},
    {"ListKeyPolicies", list_key_policies},
    {"ListKeyRotations", list_key_rotations},
    {"ListKeys", list_keys},
    {"ListResourceTags", list_resource_tags},
    {"PutKeyPolicy", put_key_policy},
    {"ReEncrypt", re_encrypt},
    {"RotateKeyOnDemand", rotate_key_on_demand},
    {"ScheduleKeyDeletion", schedule_key_deletion},
    {"TagResource", tag_resource},
    {"UntagResource", untag_resource},
    {"UpdateAlias", update_alias},
    {"UpdateKeyDescription", update_key_description},
};

// What is not there is on "*": who may use some keys only is not told which others there are.
std::string arn_of(kms::LocalKeys& keys, const std::string& key) {
  const auto found = keys.find(key);
  return found ? found->arn : "*";
}

std::string arn_of_ciphertext(kms::LocalKeys& keys, const json::object& request) {
  const auto bytes = base64_decode(text_of(request, "CiphertextBlob"));
  const auto head = bytes ? kms::read_head(*bytes) : std::nullopt;
  return head ? arn_of(keys, head->key_id) : "*";
}

iam::ConditionValues values_of(const json::object& request, std::string_view context) {
  iam::ConditionValues values;
  values.add("kms:CallerAccount", std::string(kAccount));
  const json::value* members = request.if_contains(context);
  if (members == nullptr || !members->is_object()) return values;
  for (const auto& [name, value] : members->get_object()) {
    values.add("kms:EncryptionContextKeys", std::string(name));
    if (value.is_string()) values.add("kms:EncryptionContext:" + std::string(name), std::string(value.get_string()));
  }
  return values;
}

// Source: service authorization reference, "Actions, resources, and condition keys for AWS Key Management Service".
std::vector<Need> needs(kms::LocalKeys& keys, const std::string& operation, const json::object& request) {
  const iam::ConditionValues values = values_of(request, "EncryptionContext");
  if (operation == "ReEncrypt") {
    return {{.action = "kms:ReEncryptFrom",
             .resource = arn_of_ciphertext(keys, request),
             .values = values_of(request, "SourceEncryptionContext")},
            {.action = "kms:ReEncryptTo",
             .resource = arn_of(keys, text_of(request, "DestinationKeyId")),
             .values = values_of(request, "DestinationEncryptionContext")}};
  }
  const std::string action = "kms:" + operation;
  if (operation == "Decrypt") return {{.action = action, .resource = arn_of_ciphertext(keys, request), .values = values}};
  if (operation.ends_with("Alias")) {
    // On the alias and on the keys that it names, before and after.
    const std::string name = text_of(request, "AliasName");
    std::vector<Need> needed{{.action = action, .resource = aws::regional_arn("kms", name), .values = values}};
    if (operation != "CreateAlias") needed.push_back({.action = action, .resource = arn_of(keys, name), .values = values});
    if (operation != "DeleteAlias")
      needed.push_back({.action = action, .resource = arn_of(keys, text_of(request, "TargetKeyId")), .values = values});
    return needed;
  }
  if (operation == "CreateKey" && request.contains("Tags"))
    return {{.action = action, .resource = "*", .values = values}, {.action = "kms:TagResource", .resource = "*", .values = values}};
  const std::string key = text_of(request, "KeyId");
  const bool on_key = !key.empty() && operation != "ListAliases";
  return {{.action = action, .resource = on_key ? arn_of(keys, key) : "*", .values = values}};
}

JsonServiceOptions options(kms::LocalKeys& keys) {
  return {.name = "kms",
          .target_prefix = "TrentService.",
          .content_type = "application/x-amz-json-1.1",
          .flavour = aws::JsonFlavour::kPlain,
          .max_body = kMaxBody,
          .max_values = kMaxValues,
          .needs = [&keys](const std::string& operation, const json::object& request) { return needs(keys, operation, request); },
          .unknown_operation = {400, "UnknownOperationException", "This operation is not known."},
          .too_large = {413, "RequestEntityTooLarge", "The request is too long."},
          .busy = {503, "ServiceUnavailable", "No memory is left for this request now. Try again."},
          .serialization = {400, "SerializationException", "The request body is not the JSON of this operation."}};
}

}  // namespace

KmsService::KmsService(kms::LocalKeys& keys, const Door& door, net::MemoryBudget& budget)
    : JsonService(options(keys), door, budget) {
  for (const auto& [name, run] : kOperations) {
    add(name, [&keys, run](const JsonCall& call) { return run(keys, call.request); });
  }
}

}  // namespace eyrie::api::kms_api
