// Which passwords are taken: 12 characters at least, 256 at most, of any kind, and none that is guessed first: the user's own name or
// address, one sign or a few over and over, signs in their order, the commonest passwords of that length. Nothing is demanded of what
// a password is made of.
// Source: NIST SP 800-63B-4, 3.1.1.2 (length, no composition rules, blocklist). Errors: kInvalidArgument. Thread-safe: pure functions.
#pragma once

#include <string_view>

#include "base/result.h"

namespace eyrie::iam::console {

inline constexpr std::size_t kMinPassword = 12, kMaxPassword = 256;  // characters
// No password that is taken has more bytes: longer ones need not be looked at.
inline constexpr std::size_t kMaxPasswordBytes = 4 * kMaxPassword;

Status check_password(std::string_view password, std::string_view name, std::string_view email);

}  // namespace eyrie::iam::console
