// AWS STS: who am I, and temporary credentials: AssumeRole, GetSessionToken. Source: AWS service description `sts`, 2011-06-15. Thread
// safety: begin() from many threads.
#pragma once

#include "api/common/query_service.h"
#include "iam/roles/sessions.h"

namespace eyrie::api::sts {

class StsService final : public QueryService {
 public:
  // All must outlive it.
  StsService(const iam::Roles& roles, const iam::Sessions& sessions, const Door& door, net::MemoryBudget& budget);
};

}  // namespace eyrie::api::sts
