#include "api/rekognition/collections/searched_face.h"

#include "api/rekognition/image_source.h"

namespace eyrie::api::rekognition {

Field<SearchedFace> find_searched_face(Backend& backend, json::object& request, QualityFilter bar,
                                       bool others) {
  EYRIE_TRY(const image::Decoded picture, read_picture(backend, request));
  vision::FaceRequest faces{.embeddings = true};
  // Where no quality is asked for, the largest is the one.
  if (bar == QualityFilter::kNone && !others) faces.max_faces = 1;
  EYRIE_TRY(vision::Recognition seen, recognize(backend, picture.image, {.faces = faces}));
  SearchedFace found;
  for (vision::Face& face : *seen.faces) {
    std::vector<std::string_view> reasons = below_bar(face, picture.header, bar);
    if (reasons.empty() && face.embedding.empty()) reasons.push_back("LOW_FACE_QUALITY");
    if (reasons.empty() && found.face) reasons.push_back("FACE_NOT_LARGEST");
    if (reasons.empty()) {
      found.face = std::move(face);
    } else {
      found.others.push_back({std::move(face), std::move(reasons)});
    }
  }
  return found;
}

}  // namespace eyrie::api::rekognition
