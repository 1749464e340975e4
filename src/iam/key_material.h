// New access keys and unique ids, as AWS writes them: a prefix that tells what it is, then random letters and digits.
// Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eyrie::iam {

// PREFIX and `letters` of A-Z and 2-7: 5 random bits each.
std::string make_id(std::string_view prefix, std::size_t letters);
// 40 characters, 240 random bits less what '+' and '/' would bring.
std::string make_secret();

}  // namespace eyrie::iam
