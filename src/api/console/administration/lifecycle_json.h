// A lifecycle configuration as JSON, in the form that the aws CLI and SDKs have it: {"Rules": [{"ID", "Filter", "Status", "Transitions": [...], ...}]}.
// It is S3's XML, member by member, so that S3's own parser checks it.
//
// Errors: kInvalidArgument - no JSON object, or a member that no XML can be made of; what S3 refuses comes from its parser.
// Source: S3 API reference, PutBucketLifecycleConfiguration. Thread-safe: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace eyrie::api::console {

Result<std::string> lifecycle_xml_of(std::string_view json);
// Of XML as S3 writes it.
json::object lifecycle_json_of(std::string_view xml);

}  // namespace eyrie::api::console
