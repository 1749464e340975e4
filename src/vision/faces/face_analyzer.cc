#include "vision/faces/face_analyzer.h"

#include <algorithm>
#include <span>

#include "vision/faces/face_quality.h"

namespace eyrie::vision {

Result<std::vector<Face>> FaceAnalyzer::analyze(const image::Image& picture,
                                                const FaceRequest& request) const {
  Pass pass;
  return analyze(picture, request, pass);
}

Result<std::vector<Face>> FaceAnalyzer::analyze(const image::Image& picture, const FaceRequest& request, Pass& pass) const {
  const auto look = [&](bool only_if_likely) -> FacesOnce::Found {
    EYRIE_TRY(const std::vector<FoundFace> found, detector_.find(picture, only_if_likely));
    return confirm(networks_, picture, found, pass.objects);
  };
  EYRIE_TRY(const std::vector<ConfirmedFace> confirmed, pass.faces.find(request.only_with_people, look));
  std::vector<Face> faces;
  for (const ConfirmedFace& face : std::span(confirmed).first(std::min(confirmed.size(), request.max_faces))) {
    EYRIE_TRY(faces.emplace_back(), analyze_one(picture, face, request));
  }
  return faces;
}

Result<Face> FaceAnalyzer::analyze_one(const image::Image& picture, const ConfirmedFace& confirmed,
                                       const FaceRequest& request) const {
  const FaceSeed& seed = confirmed.found.seed;
  Face face;
  face.box = seed.box;
  face.confidence = confirmed.found.confidence;
  face.quality = measure_face_quality(picture, seed);
  EYRIE_CHECK_OK(describer_.describe(picture, seed, confirmed.mesh, request.attributes, face));
  if (request.embeddings) {
    EYRIE_TRY(face.embedding, embedder_.embed(picture, seed));
  }
  return face;
}

}  // namespace eyrie::vision
