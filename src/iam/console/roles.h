// What users of the console may do: a role each, said as an IAM policy, so that iam::Caller decides about them as about everybody else.
//
//   admin      everything
//   analyst    reads pictures and results of the bucket `images`, recognizes, has pictures analyzed anew
//   uploader   puts objects below uploads/ of the bucket `images`, and sees them and their results
//
// Each may also look after itself: its own password and sessions (actions `console:*` on user_arn() of its id). Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "iam/access_control.h"

namespace eyrie::iam::console {

enum class Role { kAdmin, kAnalyst, kUploader };

std::string_view role_name(Role role);                    // "admin"
std::optional<Role> role_of(std::string_view name);       // nullopt: there is none of that name
std::string_view role_policy(Role role);                  // the document
PolicyPtr policy_of(Role role);                           // the same, parsed
std::string user_arn(std::string_view user_id);           // what `console:` actions on a user are about
std::string users_arn();                                  // the same, of all users

// As buckets' policies may name the role.
std::string role_arn(Role role);

// Who a user is to policies: a session of the role `console-ROLE`. `values` gets what the roles' policies ask about the user.
Principal principal_of(Role role, const std::string& name, const std::string& user_id, ConditionValues& values);

}  // namespace eyrie::iam::console
