// Where a bucket's lifecycle rules are kept. Errors: kNotFound - no such bucket; the store's. Thread-safe: plain functions.
#pragma once

#include <optional>
#include <string>

#include "api/s3/lifecycle/rules.h"

namespace eyrie::api::s3 {

inline constexpr const char* kLifecycleSetting = "lifecycle";

// Durable when it returns; nullopt: none any more.
inline Status set_lifecycle(store::ObjectStore& objects, const std::string& bucket, const std::optional<LifecycleConfiguration>& configuration) {
  return objects.set_bucket_setting(bucket, kLifecycleSetting, configuration ? std::optional(write_lifecycle(*configuration)) : std::nullopt);
}

}  // namespace eyrie::api::s3
