// The one account and region there are, and the ARNs made of them. Thread-safe: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace eyrie::aws {

inline constexpr std::string_view kRegion = "us-east-1";
inline constexpr std::string_view kAccount = "000000000000";

// arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE
inline std::string regional_arn(std::string_view service, std::string_view resource) {
  return "arn:aws:" + std::string(service) + ":" + std::string(kRegion) + ":" + std::string(kAccount) + ":" +
         std::string(resource);
}
// arn:aws:iam::ACCOUNT:RESOURCE
inline std::string iam_arn(std::string_view resource) {
  return "arn:aws:iam::" + std::string(kAccount) + ":" + std::string(resource);
}
// arn:aws:sts::ACCOUNT:assumed-role/SESSION; `session`: ROLE/SESSION's own name. Empty: what all of them begin with.
inline std::string assumed_role_arn(std::string_view session) {
  return "arn:aws:sts::" + std::string(kAccount) + ":assumed-role/" + std::string(session);
}

}  // namespace eyrie::aws
