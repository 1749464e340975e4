// Who asks. A plain value.
#pragma once

#include <string>
#include <utility>

#include "aws/account.h"

namespace eyrie::iam {

struct Principal {
  // kAnonymous: a request that nobody has signed.
  enum class Kind { kRoot, kUser, kRole, kService, kAnonymous };

  static Principal root() {
    return {.kind = Kind::kRoot, .name = "root", .id = std::string(aws::kAccount), .arn = aws::iam_arn("root")};
  }

  static Principal anonymous() { return {.kind = Kind::kAnonymous, .name = "anonymous", .id = "anonymous", .arn = "*"}; }
  // A service that acts by itself, for nobody: "s3.amazonaws.com". Only policies of resources speak of those.
  static Principal service(std::string name) { return {.kind = Kind::kService, .name = std::move(name), .id = {}, .arn = {}}; }

  // A session of a role. `session`: ROLE/SESSION; `id`: AROA...:SESSION; `role_arn`: the role's.
  static Principal role_session(const std::string& session, std::string id, std::string role_arn) {
    return {.kind = Kind::kRole, .name = session, .id = std::move(id), .arn = aws::assumed_role_arn(session), .role_arn = std::move(role_arn)};
  }

  Kind kind = Kind::kRoot;
  std::string name;  // "root", the user's name, ROLE/SESSION, or the service's
  std::string id;    // unique and never used again: the account's, AIDA..., AROA...:SESSION
  std::string arn;
  std::string role_arn = {};  // of a role's session: arn:aws:iam::ACCOUNT:role/PATH/ROLE; policies may name it by that as by its own
};

}  // namespace eyrie::iam
