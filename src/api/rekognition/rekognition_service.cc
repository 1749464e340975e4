#include "api/rekognition/rekognition_service.h"

namespace eyrie::api::rekognition {
namespace {

// 5 MiB of picture as base64, and room for the rest.
constexpr std::size_t kMaxBody = 7'200'000;
constexpr std::size_t kMaxValues = 10'000;

JsonServiceOptions options() {
  return {.name = "rekognition",
          .target_prefix = "RekognitionService.",
          .content_type = "application/x-amz-json-1.1",
          .flavour = aws::JsonFlavour::kRekognition,
          .max_body = kMaxBody,
          .max_values = kMaxValues,
          .unknown_operation = aws::rekognition::unknown_operation(),
          .too_large = aws::rekognition::image_too_large(),
          .busy = aws::rekognition::throttling(),
          .serialization = aws::rekognition::serialization()};
}

}  // namespace

RekognitionService::RekognitionService(store::ObjectStore& objects, vision::Recognizer& recognizer,
                                       const iam::Authenticator& authenticator, net::MemoryBudget& budget)
    : JsonService(options(), authenticator, budget), backend_{objects, recognizer} {
  add("DetectLabels", [this](const JsonCall& call) { return detect_labels(backend_, call.request); });
}

}  // namespace eyrie::api::rekognition
