// Where the faces of a picture are.
//
// The picture is searched (face_search.h), each candidate is looked at again (close_look.h), and what both
// networks said makes the confidence. Where nothing is found, the picture is looked at turned by quarters.
// Without a scout installed the detector works alone.
//
// Errors: kUnavailable - no face detector is installed; those of Network. Thread safety: all of it.
#pragma once

#include <vector>

#include "vision/faces/detection/face_finders.h"
#include "vision/faces/face_seed.h"

namespace eyrie::vision {

struct FoundFace {
  FaceSeed seed;
  double confidence = 0;  // 0..100
  // Face-like things - masks, dolls, tags - come no surer than this, and faces seldom so unsure: worth a
  // third opinion.
  bool doubtful = false;
};

// By the boxes that callers see, which reach further for tilted faces than what was found of them.
void sort_largest_first(std::vector<FoundFace>& faces);

class FaceDetector {
 public:
  // The networks must outlive it.
  explicit FaceDetector(const Networks& networks) : finders_(networks) {}

  // Largest first, those of kMinConfidence and above. `only_if_likely`: gives up early where a brief search
  // finds nothing; it misses faces smaller than about a twentieth of the picture in pictures that have no
  // larger one.
  static constexpr double kMinConfidence = 50;
  Result<std::vector<FoundFace>> find(const image::Image& picture, bool only_if_likely = false) const;

 private:
  const FaceFinders finders_;
};

}  // namespace eyrie::vision
