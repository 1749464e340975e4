// Who asks. A plain value.
#pragma once

#include <string>

#include "aws/account.h"

namespace eyrie::iam {

struct Principal {
  // kAnonymous: a request that nobody has signed.
  enum class Kind { kRoot, kUser, kRole, kAnonymous };

  static Principal root() {
    return {.kind = Kind::kRoot, .name = "root", .id = std::string(aws::kAccount), .arn = aws::iam_arn("root")};
  }

  static Principal anonymous() { return {.kind = Kind::kAnonymous, .name = "anonymous", .id = "anonymous", .arn = "*"}; }

  Kind kind = Kind::kRoot;
  std::string name;  // "root", the user's name, or ROLE/SESSION
  std::string id;    // unique and never used again: the account's, AIDA..., AROA...:SESSION
  std::string arn;
};

}  // namespace eyrie::iam
