// What S3 demands of one lifecycle rule beyond its form. Internal to lifecycle/. Thread-safe: pure functions.
#pragma once

#include <optional>

#include "api/s3/lifecycle/rules.h"
#include "aws/wire_error.h"

namespace eyrie::api::s3 {

// InvalidArgument or InvalidRequest; nullopt where the rule is sound.
std::optional<aws::WireError> check_rule(const LifecycleRule& rule);

}  // namespace eyrie::api::s3
