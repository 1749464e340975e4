#include "vision/faces/face_analyzer.h"

namespace eyrie::vision {

Result<std::vector<Face>> FaceAnalyzer::analyze(const image::Image& picture, const FaceRequest& request) const {
  EYRIE_CHECK_OK(networks_.require(Role::kFaceDetector));
  std::vector<FaceSeed> seeds;
  if (seeds.empty()) return fail(Code::kUnavailable, "faces are not found yet");
  std::vector<Face> faces;
  for (const FaceSeed& seed : seeds) {
    EYRIE_TRY(faces.emplace_back(), analyze_one(picture, seed, request));
  }
  return faces;
}

Result<Face> FaceAnalyzer::analyze_one(const image::Image& picture, const FaceSeed& seed,
                                       const FaceRequest& request) const {
  Face face;
  face.box = seed.box;
  EYRIE_CHECK_OK(describer_.describe(picture, seed, request.attributes, face));
  return face;
}

}  // namespace eyrie::vision
