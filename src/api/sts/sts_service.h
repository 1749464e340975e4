// AWS STS: who am I? Temporary credentials (AssumeRole, GetSessionToken and their kin) are not made here. Source: AWS service
// description `sts`, 2011-06-15. Thread safety: begin() from many threads.
#pragma once

#include "api/query_service.h"

namespace eyrie::api::sts {

class StsService final : public QueryService {
 public:
  StsService(const Door& door, net::MemoryBudget& budget);
};

}  // namespace eyrie::api::sts
