#include "api/rekognition/backend.h"

#include "base/log.h"

namespace eyrie::api::rekognition {

Field<vision::Recognition> recognize(Backend& backend, const image::Image& picture,
                                     const vision::Request& request) {
  auto seen = backend.recognizer.recognize(picture, request);
  if (seen) return std::move(*seen);
  log_error("recognition failed", {{"code", code_name(seen.error().code)}, {"error", seen.error().message}});
  return std::unexpected(aws::rekognition::internal_server_error());
}

}  // namespace eyrie::api::rekognition
