// Keys and aliases as records of the store, out and in; the format is in docs/formats.md.
#include <algorithm>

#include "base/encoding.h"
#include "base/json.h"
#include "kms/local_keys.h"
#include "store/record_json.h"

namespace eyrie::kms {
namespace {

constexpr std::string_view kWhat = "key";

std::unexpected<Error> corrupt(const store::Record& record) {
  return store::corrupt(record, kWhat);
}

constexpr std::pair<KeyState, std::string_view> kStates[] = {
    {KeyState::kEnabled, "enabled"}, {KeyState::kDisabled, "disabled"}, {KeyState::kPendingDeletion, "pending_deletion"}};

Result<KeyVersion> version_of(const store::Record& record, const json::value& value) {
  if (!value.is_object()) return corrupt(record);
  const json::object& object = value.get_object();
  auto bytes = base64_decode(text_of(object, "material"));
  const auto material = bytes ? crypto::SecretKey::take(*bytes) : std::nullopt;
  if (!material) return corrupt(record);
  return KeyVersion{.material = *material, .created_ms = number_of(object, "created_ms"), .on_demand = flag_of(object, "on_demand")};
}

}  // namespace

store::RecordChange LocalKeys::record_of(const Key& key) {
  json::array versions;
  for (const KeyVersion& version : key.versions) {
    versions.push_back(json::object{{"material", base64_encode(version.material.view())},
                                    {"created_ms", version.created_ms},
                                    {"on_demand", version.on_demand}});
  }
  const auto* state = std::ranges::find(kStates, key.state, &std::pair<KeyState, std::string_view>::first);
  const json::object object{{"description", key.description},
                            {"created_ms", key.created_ms},
                            {"state", state->second},
                            {"deletion_ms", key.deletion_ms},
                            {"of_aws", key.of_aws},
                            {"rotation_days", key.rotation_days},
                            {"next_rotation_ms", key.next_rotation_ms},
                            {"tags", json_of(key.tags)},
                            {"versions", std::move(versions)}};
  return {.kind = "kms.key", .name = key.id, .value = write_json(object)};
}

store::RecordChange LocalKeys::record_of(const Alias& alias) {
  const json::object object{
      {"key", alias.key_id}, {"created_ms", alias.created_ms}, {"updated_ms", alias.updated_ms}};
  return {.kind = "kms.alias", .name = alias.name, .value = write_json(object)};
}

Status LocalKeys::load() {
  EYRIE_TRY(const auto keys, records_.records("kms.key"));
  for (const store::Record& record : keys) {
    EYRIE_TRY(const json::object object, store::object_of(record, kWhat));
    const std::string name = text_of(object, "state");
    const auto* state = std::ranges::find(kStates, name, &std::pair<KeyState, std::string_view>::second);
    const json::value* versions = object.if_contains("versions");
    if (state == std::end(kStates) || versions == nullptr || !versions->is_array() || versions->get_array().empty())
      return corrupt(record);
    Key& key = keys_[record.name];
    key = {.id = record.name,
           .description = text_of(object, "description"),
           .created_ms = number_of(object, "created_ms"),
           .state = state->first,
           .deletion_ms = number_of(object, "deletion_ms"),
           .of_aws = flag_of(object, "of_aws"),
           .rotation_days = static_cast<int>(number_of(object, "rotation_days")),
           .next_rotation_ms = number_of(object, "next_rotation_ms")};
    // Keys of before had none.
    if (const json::value* tags = object.if_contains("tags"); tags != nullptr && tags->is_object()) {
      for (const auto& [tag, value] : tags->get_object()) {
        if (!value.is_string()) return corrupt(record);
        key.tags[std::string(tag)] = std::string(value.get_string());
      }
    }
    for (const json::value& version : versions->get_array()) {
      EYRIE_TRY(KeyVersion read, version_of(record, version));
      key.versions.push_back(std::move(read));
    }
    note_deletion(key);
  }
  EYRIE_TRY(const auto aliases, records_.records("kms.alias"));
  for (const store::Record& record : aliases) {
    EYRIE_TRY(const json::object object, store::object_of(record, kWhat));
    aliases_[record.name] = {.name = record.name,
                             .key_id = text_of(object, "key"),
                             .created_ms = number_of(object, "created_ms"),
                             .updated_ms = number_of(object, "updated_ms")};
  }
  return {};
}

Result<std::unique_ptr<LocalKeys>> LocalKeys::open(store::RecordStore& records, const Clock& clock) {
  std::unique_ptr<LocalKeys> keys(new LocalKeys(records, clock));
  EYRIE_CHECK_OK(keys->load());
  return keys;
}

}  // namespace eyrie::kms
