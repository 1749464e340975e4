#include "vision/faces/face_analyzer.h"

namespace eyrie::vision {

Result<std::vector<Face>> FaceAnalyzer::analyze(const image::Image&, const FaceRequest&) const {
  EYRIE_CHECK_OK(networks_.require(Role::kFaceDetector));
  return fail(Code::kUnavailable, "faces are not recognized yet");
}

}  // namespace eyrie::vision
