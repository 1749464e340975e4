// Amazon Rekognition (RekognitionService, awsJson1.1). The operations are a table in the source; each is a
// function of its own file.
#pragma once

#include "api/common/json_service.h"
#include "api/rekognition/backend.h"
#include "iam/object_keys.h"

namespace eyrie::api::rekognition {

class RekognitionService final : public JsonService {
 public:
  // All must outlive the service.
  RekognitionService(const Backend& backend, const iam::ObjectKeys& keys, const Door& door, net::MemoryBudget& budget);

 private:
  Backend backend_;
  const iam::ObjectKeys& keys_;
};

}  // namespace eyrie::api::rekognition
