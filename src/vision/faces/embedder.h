// A face as a vector of unit length: close to others of the same person, far from other people's.
//
// Errors: kUnavailable - no network for it is installed; those of Network. Thread safety: all of it.
#pragma once

#include <vector>

#include "base/result.h"
#include "vision/faces/face_seed.h"
#include "vision/networks/networks.h"

namespace eyrie::vision {

class FaceEmbedder {
 public:
  // The networks must outlive it.
  explicit FaceEmbedder(const Networks& networks) : networks_(networks) {}

  Result<std::vector<float>> embed(const image::Image& picture, const FaceSeed& seed) const;

 private:
  const Networks& networks_;
};

}  // namespace eyrie::vision
