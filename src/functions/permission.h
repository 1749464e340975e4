// Who besides its owner's users may invoke a function: the statements that AddPermission makes. Source: Lambda API reference,
// "AddPermission". Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>

#include "functions/registry/function_record.h"

namespace eyrie::functions {

struct Permission {
  std::string id, action, principal;  // "s3.amazonaws.com", an account, an ARN, "*"
  std::string resource;               // the function's ARN, with its qualifier
  std::string source_arn, source_account, event_source_token;  // empty: not told
};

// The statement as Lambda writes it.
std::string statement_of(const Permission& permission);

// The policy document of a qualifier ("" for the function itself); nullopt where it has no statements.
std::optional<std::string> policy_text(const FunctionRecord& function, const std::string& qualifier);
// The same with those statements alone that speak of accounts, users and roles; nullopt where there are none.
std::optional<std::string> policy_of_principals(const FunctionRecord& function, const std::string& qualifier);

// Whether a service may invoke the function for a source ("arn:aws:s3:::images").
bool allows_service(const FunctionRecord& function, const std::string& qualifier, std::string_view service, const std::string& source_arn);

}  // namespace eyrie::functions
