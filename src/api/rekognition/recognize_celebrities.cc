// RecognizeCelebrities: of the 64 largest faces, those that the gallery knows, and the rest.
#include "analysis/answer.h"
#include "analysis/answer_parts.h"
#include "api/rekognition/celebrities.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/operations.h"

namespace eyrie::api::rekognition {
namespace {

constexpr std::size_t kMostCelebrities = 64;

}  // namespace

JsonResult recognize_celebrities(Backend& backend, json::object& request) {
  EYRIE_TRY(const image::Decoded picture, read_picture(backend, request));
  EYRIE_TRY(const vision::Recognition seen,
            recognize(backend, picture.image,
                      {.faces = vision::FaceRequest{.attributes = vision::kEmotions | vision::kSmile,
                                                    .embeddings = true,
                                                    .max_faces = kMostCelebrities}}));
  EYRIE_TRY(const auto gallery, gallery_of(backend));
  json::array known, unknown;
  for (const vision::Face& face : seen.faces.value_or(std::vector<vision::Face>{})) {
    const auto match = gallery->match(face.embedding);
    if (!match) {
      unknown.push_back(analysis::compared_face(face));
      continue;
    }
    json::object celebrity = celebrity_answer(*match->celebrity);
    celebrity["Id"] = match->celebrity->id;
    celebrity["Face"] = analysis::compared_face(face);
    celebrity["MatchConfidence"] = analysis::percent_number(match->confidence);
    known.push_back(std::move(celebrity));
  }
  return json::object{{"CelebrityFaces", std::move(known)}, {"UnrecognizedFaces", std::move(unknown)}};
}

}  // namespace eyrie::api::rekognition
