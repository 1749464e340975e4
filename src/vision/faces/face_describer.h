// What a found face looks like: landmarks and pose always, the asked attributes beside them.
//
// Errors: kUnavailable - a network that is needed is not installed; those of Network. Thread safety: all of
// it.
#pragma once

#include <cstdint>

#include "image/image.h"
#include "vision/faces/description/face_mesh.h"
#include "vision/faces/face_seed.h"
#include "vision/networks/networks.h"

namespace eyrie::vision {

class FaceDescriber {
 public:
  // The networks must outlive it.
  explicit FaceDescriber(const Networks& networks) : networks_(networks) {}

  // Fills landmarks, pose and the asked ones of FaceAttribute; leaves the rest of `face` as it is. `mesh`: the face's, trusted or not.
  Status describe(const image::Image& picture, const FaceSeed& seed, const FaceMesh& mesh, std::uint32_t attributes,
                  Face& face) const;

 private:
  const Networks& networks_;
};

}  // namespace eyrie::vision
