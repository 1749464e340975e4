// Keys that a customer gives with each request and that are kept nowhere (SSE-C). Beside the object lies a salted HMAC of its key,
// which tells a wrong key and nothing else. Thread-safe: pure functions.
#pragma once

#include <string>

#include "base/result.h"
#include "crypto/secret.h"

namespace eyrie::store {

// Base64 of a random salt (16 bytes) and HMAC-SHA256(key, "eyrie customer key check" + salt).
std::string remember_customer_key(const crypto::SecretKey& key);

// `remembered`: of the object, empty where it has none; `given`: null where none is. kInvalidArgument: the one without the
// other; the message begins with "customer key". kPermissionDenied: another key.
Status check_customer_key(const std::string& remembered, const crypto::SecretKey* given);

}  // namespace eyrie::store
