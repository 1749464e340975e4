// SearchFaces and SearchFacesByImage.
#include "analysis/answer_parts.h"
#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"
#include "api/rekognition/collections/searched_face.h"
#include "vision/faces/similarity.h"

namespace eyrie::api::rekognition {
namespace {

constexpr double kFaceMatch = 80;
constexpr std::int64_t kUsualFaces = 80, kMostFound = 4096;

struct FaceSearch {
  std::string collection;
  std::size_t most = 0;
  double least = 0;  // cosine
};

Field<FaceSearch> parse_face_search(const json::object& request) {
  FaceSearch asked;
  EYRIE_TRY(asked.collection, collection_id(request));
  EYRIE_TRY(const auto most, integer_field(request, "MaxFaces", "maxFaces", 1, kMostFound));
  asked.most = static_cast<std::size_t>(most.value_or(kUsualFaces));
  EYRIE_TRY(asked.least, least_cosine(request, "FaceMatchThreshold", "faceMatchThreshold", kFaceMatch));
  return asked;
}

// `except`: the id of a face that is not part of the answer.
Field<json::array> matches_of(Backend& backend, const FaceSearch& asked, const store::VectorCode& vector,
                              const std::string& model, const std::string& except) {
  const std::size_t most = asked.most + (except.empty() ? 0 : 1);
  EYRIE_TRY(const auto found, told(backend.faces.nearest_faces(asked.collection, vector, most, asked.least)));
  json::array matches;
  for (const auto& near : found) {
    if (near.entry.id == except || matches.size() == asked.most) continue;
    const double similarity = vision::similarity_of_cosine(near.cosine);
    matches.push_back(json::object{{"Similarity", analysis::percent_number(similarity)},
                                   {"Face", face_answer(near.entry, model)}});
  }
  return matches;
}

}  // namespace

JsonResult search_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const FaceSearch asked, parse_face_search(request));
  EYRIE_TRY(const std::string face, required(face_id(request), "faceId"));
  EYRIE_TRY(const store::FaceCollection collection, told(backend.faces.collection(asked.collection)));
  EYRIE_TRY(const auto vector, told(backend.faces.face_vector(asked.collection, face)));
  if (!vector) {
    return std::unexpected(aws::rekognition::invalid_parameter("faceId was not found in the collection."));
  }
  EYRIE_TRY(json::array matches, matches_of(backend, asked, *vector, collection.model, face));
  return json::object{
      {"SearchedFaceId", face}, {"FaceMatches", std::move(matches)}, {"FaceModelVersion", collection.model}};
}

JsonResult search_faces_by_image(Backend& backend, json::object& request) {
  EYRIE_TRY(const FaceSearch asked, parse_face_search(request));
  EYRIE_TRY(const QualityFilter bar, quality_filter(request, QualityFilter::kNone));
  EYRIE_TRY(const store::FaceCollection collection, told(backend.faces.collection(asked.collection)));
  EYRIE_TRY(const SearchedFace searched, find_searched_face(backend, request, bar, false));
  if (!searched.face) {
    return std::unexpected(
        aws::rekognition::invalid_parameter("There are no faces in the image. Should be at least 1."));
  }
  EYRIE_TRY(const store::VectorCode vector,
            told(backend.faces.vector(asked.collection, backend.recognizer.model_versions().faces,
                                      searched.face->embedding)));
  EYRIE_TRY(json::array matches, matches_of(backend, asked, vector, collection.model, ""));
  return json::object{{"SearchedFaceBoundingBox", analysis::box_answer(searched.face->box)},
                      {"SearchedFaceConfidence", analysis::percent_number(searched.face->confidence)},
                      {"FaceMatches", std::move(matches)},
                      {"FaceModelVersion", collection.model}};
}

}  // namespace eyrie::api::rekognition
