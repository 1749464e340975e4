// Who asks. A plain value.
#pragma once

#include <string>

#include "aws/account.h"

namespace eyrie::iam {

struct Principal {
  enum class Kind { kRoot, kUser, kRole };

  static Principal root() {
    return {.kind = Kind::kRoot, .name = "root", .id = std::string(aws::kAccount), .arn = aws::iam_arn("root")};
  }

  Kind kind = Kind::kRoot;
  std::string name;  // "root", the user's name, or ROLE/SESSION
  std::string id;    // unique and never used again: the account's, AIDA..., AROA...:SESSION
  std::string arn;
};

}  // namespace eyrie::iam
