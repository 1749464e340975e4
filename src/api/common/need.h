// An action on a resource that an operation needs to be allowed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/common/service.h"
#include "aws/wire_error.h"
#include "iam/policy/document.h"

namespace eyrie::api {

struct Need {
  std::string action;
  std::string resource;
  iam::ConditionValues values = {};  // what it says of itself to conditions
  std::shared_ptr<const iam::PolicyDocument> policy = {};  // the resource's own, where it is no bucket's
};

// The first that the caller is denied, as an error of this code and status; nullopt where all may be.
std::optional<aws::WireError> permit(const Context& context, const std::vector<Need>& needs, int status, const char* code);

}  // namespace eyrie::api
