// Requests of every operation on collections, as JSON of any shape: each is answered or refused. The first
// byte chooses the operation.
#include <cstdlib>

#include "api/fuzzed_store.h"
#include "api/rekognition/collections/operations.h"
#include "api/rekognition/testing_recognizer.h"
#include "base/log.h"

namespace {

using namespace eyrie;
using namespace eyrie::api::rekognition;

constexpr Operation kOperations[] = {
    associate_faces, create_collection,      create_user,        delete_collection, delete_faces,
    delete_user,     describe_collection,    disassociate_faces, index_faces,       list_collections,
    list_faces,      list_tags_for_resource, list_users,         search_faces,      search_faces_by_image,
    search_users,    search_users_by_image,  tag_resource,       untag_resource};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto request = parse_json({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!request || !request->is_object()) return 0;
  set_log_level(LogLevel::kError);
  static api::testing::CatRecognizer recognizer;
  Backend backend{.objects = api::fuzzed_store().objects(), .recognizer = recognizer, .faces = api::fuzzed_store().faces()};
  const api::JsonResult answer =
      kOperations[data[0] % std::size(kOperations)](backend, request->get_object());
  // What is refused says why.
  if (!answer && (answer.error().status != 400 || answer.error().message.empty())) std::abort();
  recognizer.asked.clear();
  recognizer.shown.clear();
  return 0;
}
