#include "api/kms/members.h"
#include "api/kms/operations.h"
#include "api/kms/page.h"

namespace eyrie::api::kms_api {
namespace {

constexpr int kYear = 365;

}  // namespace

JsonResult enable_key_rotation(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const auto days, integer_member(request, "RotationPeriodInDays", 90, 2560));
  EYRIE_CHECK_OK(wire(keys.enable_rotation(id, days.value_or(kYear))));
  return json::object{};
}

JsonResult disable_key_rotation(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_CHECK_OK(wire(keys.disable_rotation(id)));
  return json::object{};
}

JsonResult get_key_rotation_status(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const kms::Key key, wire(keys.key_itself(id)));
  // A key that is to be deleted is not rotated.
  const bool rotated = key.rotation_days > 0 && key.state != kms::KeyState::kPendingDeletion;
  json::object answer{{"KeyId", key.arn()}, {"KeyRotationEnabled", rotated}};
  if (!rotated) return answer;
  answer["RotationPeriodInDays"] = key.rotation_days;
  answer["NextRotationDate"] = seconds(key.next_rotation_ms);
  return answer;
}

JsonResult rotate_key_on_demand(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const kms::Key key, wire(keys.rotate_now(id)));
  return json::object{{"KeyId", key.arn()}};
}

JsonResult list_key_rotations(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_CHECK_OK(only(request, "IncludeKeyMaterial", "ROTATIONS_ONLY"));
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const kms::Key key, wire(keys.key_itself(id)));
  // The first material came with the key, not by rotation.
  std::vector<std::size_t> rotations;
  for (std::size_t i = 1; i < key.versions.size(); ++i) rotations.push_back(i);
  const auto key_of = [](std::size_t number) { return number_key(static_cast<std::int64_t>(number)); };
  return page_answer(request, "Rotations", rotations, 100, key_of, [&key](std::size_t number) {
    const kms::KeyVersion& version = key.versions[number];
    return json::object{{"KeyId", key.id},
                        {"RotationDate", seconds(version.created_ms)},
                        {"RotationType", version.on_demand ? "ON_DEMAND" : "AUTOMATIC"}};
  });
}

}  // namespace eyrie::api::kms_api
