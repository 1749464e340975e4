// AWS KMS (TrentService, awsJson1.1) over LocalKeys. Which operations: the table in the source and docs/compatibility.md. Source: AWS
// service description `kms`, 2014-11-01. Thread safety: begin() from many threads.
#pragma once

#include "api/common/json_service.h"
#include "kms/local_keys.h"

namespace eyrie::api::kms_api {

class KmsService final : public JsonService {
 public:
  // All must outlive the service.
  KmsService(kms::LocalKeys& keys, const Door& door, net::MemoryBudget& budget);
};

}  // namespace eyrie::api::kms_api
