// Faces of a picture: found, measured, described, embedded.
//
// Errors: kUnavailable - a network that is needed is not installed; those of Network. Thread safety: all of
// it.
#pragma once

#include <vector>

#include "vision/faces/detection/face_detector.h"
#include "vision/faces/embedder.h"
#include "vision/faces/face_describer.h"
#include "vision/faces/pass.h"
#include "vision/networks/networks.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {

class FaceAnalyzer {
 public:
  // The networks must outlive it.
  explicit FaceAnalyzer(const Networks& networks)
      : networks_(networks), detector_(networks), describer_(networks), embedder_(networks) {}

  // Largest first. Runs only the networks that the request needs, and looks for faces only where the pass has not.
  Result<std::vector<Face>> analyze(const image::Image& picture, const FaceRequest& request, Pass& pass) const;
  // In a pass of its own.
  Result<std::vector<Face>> analyze(const image::Image& picture, const FaceRequest& request) const;

 private:
  Result<Face> analyze_one(const image::Image& picture, const ConfirmedFace& confirmed,
                           const FaceRequest& request) const;

  const Networks& networks_;
  const FaceDetector detector_;
  const FaceDescriber describer_;
  const FaceEmbedder embedder_;
};

}  // namespace eyrie::vision
