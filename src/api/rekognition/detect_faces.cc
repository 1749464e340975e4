// DetectFaces: the 100 largest faces, largest first.
#include "analysis/answer.h"
#include "api/rekognition/face_attributes.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/operations.h"

namespace eyrie::api::rekognition {

JsonResult detect_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const FaceAttributes attributes, face_attributes(request, "Attributes", "attributes"));
  EYRIE_TRY(const image::Decoded picture, read_picture(backend, request));
  EYRIE_TRY(const vision::Recognition seen,
            recognize(backend, picture.image, {.faces = vision::FaceRequest{.attributes = attributes.bits}}));
  return analysis::detect_faces_answer(seen.faces.value_or(std::vector<vision::Face>{}),
                                       attributes.all_landmarks);
}

}  // namespace eyrie::api::rekognition
