// Amazon Rekognition (RekognitionService, awsJson1.1): one operation a file.
#pragma once

#include "api/json_service.h"
#include "store/object_store.h"
#include "vision/recognizer.h"

namespace eyrie::api::rekognition {

struct Backend {
  store::ObjectStore& objects;
  vision::Recognizer& recognizer;
};

class RekognitionService final : public JsonService {
 public:
  RekognitionService(store::ObjectStore& objects, vision::Recognizer& recognizer,
                     const iam::Authenticator& authenticator, net::MemoryBudget& budget);

 private:
  Backend backend_;
};

JsonResult detect_labels(Backend& backend, const json::object& request);

}  // namespace eyrie::api::rekognition
