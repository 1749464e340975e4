// Unsafe content, in the terms of Rekognition's moderation taxonomy version 7. What is weighed, and how, is
// in evidence.h.
//
// The network's classes are told by name: drawing, hentai, neutral, porn, sexy, in any order.
//
// Errors: kUnavailable - a network that is needed is not installed; kInternal - its classes are others; those
// of Network. Thread safety: all of it.
#pragma once

#include "vision/faces/face_analyzer.h"
#include "vision/labels/fusion.h"
#include "vision/moderation/evidence.h"
#include "vision/networks/networks.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {

class Moderator {
 public:
  // The networks and the analyzer must outlive it.
  Moderator(const Networks& networks, const FaceAnalyzer& faces) : networks_(networks), faces_(faces) {}

  // `seen`: what the general networks said about the picture. `pass`: it may know of faces, or learn of them.
  Result<Moderation> judge(const image::Image& picture, const Fusion& seen,
                           const ModerationRequest& request, Pass& pass) const;

  // What the network alone says.
  Result<Exposure> expose(const image::Image& picture) const;

 private:
  Result<double> face_share(const image::Image& picture, Pass& pass) const;

  const Networks& networks_;
  const FaceAnalyzer& faces_;
};

}  // namespace eyrie::vision
