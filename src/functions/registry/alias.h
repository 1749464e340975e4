// What an alias of a function may stand on, and how it goes back to where it stood before a deployment that fails.
//
//   version 1, weights {2: 0.1}               goes back to version 1: the shift is under way
//   version 2, weights {1: 0.9}, came from 1  the same, told the other way round
//   version 2, came from 1                    goes back to version 1 for kRollbackMs after it left it
//
// It goes back one step: what it came to by that has nothing before it. Who sets an alias to an older version has gone back already, so the newer one, which may be what fails, is not
// remembered; nor is $LATEST, whose code may be another by now. Source: Lambda developer guide, "Implement Lambda canary deployments using a weighted alias". Thread safety: pure functions.
#pragma once

#include "functions/registry/function_record.h"

namespace eyrie::functions {

inline constexpr std::int64_t kRollbackMs = 60LL * 60 * 1000;

// Whether two versions may share an alias by weights. kInvalidArgument, in Lambda's words.
Status check_shared(const FunctionVersion& one, const FunctionVersion& other);

// Notes in `after` what a change of an alias, which was `before`, leaves behind.
void note_alias_change(const FunctionAlias& before, FunctionAlias& after, std::int64_t now_ms);

// `cause`: the alarm's notice; once done for it, it is done. kNotFound: there is no such alias, or nothing that it could go back to; the message says why.
Status roll_alias_back(FunctionRecord& function, const std::string& alias, const std::string& cause, std::int64_t now_ms);

}  // namespace eyrie::functions
