// CompareFaces: the largest face of one picture against every face of another.
#include <algorithm>

#include "analysis/answer.h"
#include "analysis/answer_parts.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/operations.h"
#include "api/rekognition/quality_filter.h"
#include "vision/faces/similarity.h"

namespace eyrie::api::rekognition {
namespace {

constexpr double kDefaultThreshold = 80;

// Faces with what compares them, largest first. What is filtered out is not compared; that there is no face
// at all is a wrong parameter.
Field<std::vector<vision::Face>> comparable_faces(Backend& backend, const Bytes& bytes, QualityFilter filter,
                                                  std::string_view which) {
  EYRIE_TRY(const image::Decoded picture, decode_image(bytes, backend.recognizer));
  EYRIE_TRY(vision::Recognition seen,
            recognize(backend, picture.image, {.faces = vision::FaceRequest{.embeddings = true}}));
  std::vector<vision::Face> faces = std::move(seen.faces).value_or(std::vector<vision::Face>{});
  if (faces.empty()) {
    return std::unexpected(aws::rekognition::invalid_parameter(
        "Request has invalid parameters: there is no face in the " + std::string(which) + " image."));
  }
  std::erase_if(faces,
                [&](const vision::Face& face) { return !below_bar(face, picture.header, filter).empty(); });
  return faces;
}

json::object compare(const vision::Face& source, const std::vector<vision::Face>& targets, double threshold) {
  struct Match {
    double similarity;
    const vision::Face* face;
  };
  std::vector<Match> matches;
  json::array unmatched;
  for (const vision::Face& face : targets) {
    const double similarity = vision::similarity(source.embedding, face.embedding);
    if (vision::reaches(similarity, threshold)) {
      matches.push_back({similarity, &face});
    } else {
      unmatched.push_back(analysis::compared_face(face));
    }
  }
  // Of equals, the one that comes first among the targets.
  std::ranges::sort(matches, [](const Match& a, const Match& b) { return a.similarity != b.similarity ? a.similarity > b.similarity : a.face < b.face; });
  json::array matched;
  for (const Match& match : matches) {
    matched.push_back(json::object{{"Similarity", analysis::percent_number(match.similarity)},
                                   {"Face", analysis::compared_face(*match.face)}});
  }
  return {{"SourceImageFace", json::object{{"BoundingBox", analysis::box_answer(source.box)},
                                           {"Confidence", analysis::percent_number(source.confidence)}}},
          {"FaceMatches", std::move(matched)},
          {"UnmatchedFaces", std::move(unmatched)}};
}

}  // namespace

JsonResult compare_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const auto threshold,
            number_field(request, "SimilarityThreshold", "similarityThreshold", 0, 100));
  EYRIE_TRY(const QualityFilter filter, quality_filter(request, QualityFilter::kNone));
  EYRIE_TRY(const Bytes source, read_image(request, "SourceImage", "sourceImage", backend.objects));
  EYRIE_TRY(const Bytes target, read_image(request, "TargetImage", "targetImage", backend.objects));
  EYRIE_TRY(const auto sources, comparable_faces(backend, source, filter, "source"));
  if (sources.empty()) {
    return std::unexpected(aws::rekognition::invalid_parameter(
        "Request has invalid parameters: no face in the source image reaches the QualityFilter."));
  }
  EYRIE_TRY(const auto targets, comparable_faces(backend, target, filter, "target"));
  return compare(sources.front(), targets, threshold.value_or(kDefaultThreshold));
}

}  // namespace eyrie::api::rekognition
