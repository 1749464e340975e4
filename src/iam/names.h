// What IAM allows as names and paths. Errors: kInvalidArgument, in IAM's words. Thread-safe: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace eyrie::iam {

inline constexpr std::size_t kMaxUserName = 64, kMaxPolicyName = 128, kMaxPath = 512;

// Letters, digits and _+=,.@-; `member` is how errors call it ("userName").
Status check_name(std::string_view member, const std::string& name, std::size_t most);
// "/" or "/.../", printable ASCII.
Status check_path(const std::string& path);

// "1 validation error detected: Value 'VALUE' at 'MEMBER' failed to satisfy constraint: CONSTRAINT"
std::unexpected<Error> broken_constraint(std::string_view value, std::string_view member, std::string_view constraint);

}  // namespace eyrie::iam
