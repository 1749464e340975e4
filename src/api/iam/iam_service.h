// AWS IAM over Identities: users, access keys, policies, roles. Which operations: the table in the source and docs/compatibility.md.
// Source: AWS service description `iam`, 2010-05-08. Thread safety: begin() from many threads.
#pragma once

#include "api/common/query_service.h"
#include "iam/identities.h"
#include "iam/roles/roles.h"

namespace eyrie::api::iam_api {

class IamService final : public QueryService {
 public:
  // All must outlive the service.
  IamService(iam::Identities& identities, iam::Roles& roles, const Door& door, net::MemoryBudget& budget);
};

}  // namespace eyrie::api::iam_api
