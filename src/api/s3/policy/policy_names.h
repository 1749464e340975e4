// Which names policies may use of S3: its actions, by what they are on, and its condition keys, by which actions have them.
// Source: service authorization reference, "Actions, resources, and condition keys for Amazon S3". Thread-safe: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace eyrie::api::s3 {

// kOther: an access point, a job, the account; of which no bucket's policy speaks.
enum class ActionOn { kBucket, kObject, kOther };

// Whether any action on this fits; its name comes without "s3:".
bool any_action(ActionOn on, const std::function<bool(std::string_view name)>& fits);

// The actions that have this condition key ("s3:prefix", in any case); empty: all, or too many to tell. nullopt: there is no such key. Keys that begin with "aws:" are
// not compared with a list, as S3 does not either.
std::optional<std::span<const std::string_view>> actions_of_key(std::string_view key);

}  // namespace eyrie::api::s3
