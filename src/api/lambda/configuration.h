// A function's configuration out of a request, checked. Thread-safe: pure functions.
#pragma once

#include "api/lambda/members.h"

namespace eyrie::api::lambda {

// Sets in `version` what the request tells: CreateFunction and UpdateFunctionConfiguration have these members alike.
Wire<void> read_configuration(const Backend& backend, const Call& call, functions::FunctionVersion& version);

// The archive that Code, or UpdateFunctionCode itself, tells: inline or in S3, where the caller's rights count. Checked.
Wire<Bytes> read_code(const Backend& backend, const Call& call, const json::object& code);

// x86_64 or arm64, if this machine is one; empty where it is not told.
Wire<std::string> read_architecture(const json::object& request);

}  // namespace eyrie::api::lambda
