// KMS's operations, one function each: the request's object in, the answer's out. Thread-safe.
#pragma once

#include "api/common/json_service.h"
#include "kms/local_keys.h"

namespace eyrie::api::kms_api {

using Operation = JsonResult (*)(kms::LocalKeys& keys, const json::object& request);

// cryptography.cc
JsonResult encrypt(kms::LocalKeys& keys, const json::object& request);
JsonResult decrypt(kms::LocalKeys& keys, const json::object& request);
JsonResult re_encrypt(kms::LocalKeys& keys, const json::object& request);
JsonResult generate_data_key(kms::LocalKeys& keys, const json::object& request);
JsonResult generate_data_key_without_plaintext(kms::LocalKeys& keys, const json::object& request);
JsonResult generate_random(kms::LocalKeys& keys, const json::object& request);
// key_management.cc
JsonResult create_key(kms::LocalKeys& keys, const json::object& request);
JsonResult describe_key(kms::LocalKeys& keys, const json::object& request);
JsonResult list_keys(kms::LocalKeys& keys, const json::object& request);
JsonResult enable_key(kms::LocalKeys& keys, const json::object& request);
JsonResult disable_key(kms::LocalKeys& keys, const json::object& request);
JsonResult update_key_description(kms::LocalKeys& keys, const json::object& request);
JsonResult schedule_key_deletion(kms::LocalKeys& keys, const json::object& request);
JsonResult cancel_key_deletion(kms::LocalKeys& keys, const json::object& request);
// key_policies.cc
JsonResult get_key_policy(kms::LocalKeys& keys, const json::object& request);
JsonResult put_key_policy(kms::LocalKeys& keys, const json::object& request);
JsonResult list_key_policies(kms::LocalKeys& keys, const json::object& request);
// tags.cc
JsonResult tag_resource(kms::LocalKeys& keys, const json::object& request);
JsonResult untag_resource(kms::LocalKeys& keys, const json::object& request);
JsonResult list_resource_tags(kms::LocalKeys& keys, const json::object& request);
// rotation.cc
JsonResult enable_key_rotation(kms::LocalKeys& keys, const json::object& request);
JsonResult disable_key_rotation(kms::LocalKeys& keys, const json::object& request);
JsonResult get_key_rotation_status(kms::LocalKeys& keys, const json::object& request);
JsonResult rotate_key_on_demand(kms::LocalKeys& keys, const json::object& request);
JsonResult list_key_rotations(kms::LocalKeys& keys, const json::object& request);
// aliases.cc
JsonResult create_alias(kms::LocalKeys& keys, const json::object& request);
JsonResult update_alias(kms::LocalKeys& keys, const json::object& request);
JsonResult delete_alias(kms::LocalKeys& keys, const json::object& request);
JsonResult list_aliases(kms::LocalKeys& keys, const json::object& request);

}  // namespace eyrie::api::kms_api
