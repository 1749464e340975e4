#include "api/kms/members.h"
#include "api/kms/operations.h"
#include "api/kms/page.h"

namespace eyrie::api::kms_api {
namespace {

constexpr std::size_t kMaxAlias = 256;

}  // namespace

JsonResult create_alias(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string name, required_text(request, "AliasName", kMaxAlias));
  EYRIE_TRY(const std::string key, key_id(request, "TargetKeyId"));
  EYRIE_CHECK_OK(wire(keys.create_alias(name, key)));
  return json::object{};
}

JsonResult update_alias(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string name, required_text(request, "AliasName", kMaxAlias));
  EYRIE_TRY(const std::string key, key_id(request, "TargetKeyId"));
  EYRIE_CHECK_OK(wire(keys.update_alias(name, key)));
  return json::object{};
}

JsonResult delete_alias(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string name, required_text(request, "AliasName", kMaxAlias));
  EYRIE_CHECK_OK(wire(keys.delete_alias(name)));
  return json::object{};
}

JsonResult list_aliases(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const auto wanted, text_member(request, "KeyId"));
  std::vector<kms::Alias> aliases = keys.aliases();
  if (wanted) {
    EYRIE_TRY(const kms::Key key, wire(keys.key_itself(*wanted)));
    std::erase_if(aliases, [&](const kms::Alias& alias) { return alias.key_id != key.id; });
  }
  return page_answer(request, "Aliases", aliases, 50, std::mem_fn(&kms::Alias::name), [](const kms::Alias& alias) {
    return json::object{{"AliasName", alias.name},
                        {"AliasArn", alias.arn()},
                        {"TargetKeyId", alias.key_id},
                        {"CreationDate", seconds(alias.created_ms)},
                        {"LastUpdatedDate", seconds(alias.updated_ms)}};
  });
}

}  // namespace eyrie::api::kms_api
