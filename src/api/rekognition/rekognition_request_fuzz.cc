// Requests of every operation on a picture, as JSON of any shape: each is answered or refused. The first byte
// chooses the operation.
#include <cstdlib>

#include "api/fuzzed_store.h"
#include "api/rekognition/operations.h"
#include "api/rekognition/testing_recognizer.h"
#include "base/log.h"

namespace {

using namespace eyrie;
using namespace eyrie::api::rekognition;

constexpr Operation kOperations[] = {compare_faces,
                                     detect_faces,
                                     detect_labels,
                                     detect_moderation_labels,
                                     detect_protective_equipment,
                                     detect_text,
                                     get_celebrity_info,
                                     recognize_celebrities};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto request = parse_json({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!request || !request->is_object()) return 0;
  set_log_level(LogLevel::kError);
  static api::testing::CatRecognizer recognizer;
  Backend backend{
      .objects = api::fuzzed_store().objects(), .recognizer = recognizer, .faces = api::fuzzed_store().faces()};
  const api::JsonResult answer =
      kOperations[data[0] % std::size(kOperations)](backend, request->get_object());
  // What is refused says why; only a failing recognizer is the server's fault.
  if (!answer && (answer.error().status != 400 || answer.error().message.empty())) std::abort();
  recognizer.asked.clear();
  recognizer.shown.clear();
  return 0;
}
