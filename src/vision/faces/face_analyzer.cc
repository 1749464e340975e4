#include "vision/faces/face_analyzer.h"

#include "vision/faces/confirmation.h"
#include "vision/faces/face_quality.h"

namespace eyrie::vision {

Result<std::vector<Face>> FaceAnalyzer::analyze(const image::Image& picture,
                                                const FaceRequest& request) const {
  EYRIE_TRY(std::vector<FoundFace> found, detector_.find(picture, request.only_with_people));
  EYRIE_CHECK_OK(drop_unconfirmed(networks_, picture, found));
  if (found.size() > request.max_faces) found.resize(request.max_faces);
  std::vector<Face> faces;
  for (const FoundFace& face : found) {
    EYRIE_TRY(faces.emplace_back(), analyze_one(picture, face, request));
  }
  return faces;
}

Result<Face> FaceAnalyzer::analyze_one(const image::Image& picture, const FoundFace& found,
                                       const FaceRequest& request) const {
  Face face;
  face.box = found.seed.box;
  face.confidence = found.confidence;
  face.quality = measure_face_quality(picture, found.seed);
  EYRIE_CHECK_OK(describer_.describe(picture, found.seed, request.attributes, face));
  if (request.embeddings) {
    EYRIE_TRY(face.embedding, embedder_.embed(picture, found.seed));
  }
  return face;
}

}  // namespace eyrie::vision
