// Storage classes of S3: which there are here, and how warm each is. Thread-safe: pure functions.
#pragma once

#include <string_view>

namespace eyrie::api::s3 {

inline constexpr std::string_view kStandard = "STANDARD";

// Those that objects may be of. Others that AWS knows (OUTPOSTS, EXPRESS_ONEZONE, ...) belong to other kinds of buckets.
bool is_storage_class(std::string_view name);
// Lifecycle moves objects from warmer classes to colder ones only.
int warmth(std::string_view storage_class);

}  // namespace eyrie::api::s3
