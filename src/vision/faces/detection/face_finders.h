// The two networks that find faces, asked about one look.
//
// Errors: kUnavailable - no face detector is installed; those of Network. Thread safety: all of it.
#pragma once

#include <vector>

#include "base/result.h"
#include "vision/faces/detection/hit.h"
#include "vision/faces/detection/look.h"
#include "vision/networks/networks.h"

namespace eyrie::vision {

class FaceFinders {
 public:
  // The networks must outlive it.
  explicit FaceFinders(const Networks& networks)
      : detector_(networks.find(Role::kFaceDetector)), scout_(networks.find(Role::kFaceScout)) {}

  Status ready() const;
  bool has_scout() const { return scout_ != nullptr; }

  // Hits of score >= min_score, one for each face, with points. Looks at them should be square.
  Result<std::vector<Hit>> detect(const image::Pyramid& pyramid, const Look& look, double min_score) const;
  // The same without points; nothing where there is no scout. Looks should have kScoutProportion.
  Result<std::vector<Hit>> scout(const image::Pyramid& pyramid, const Look& look, double min_score) const;
  static constexpr double kScoutProportion = 4.0 / 3;

 private:
  Network* detector_;  // either may be nullptr
  Network* scout_;
};

}  // namespace eyrie::vision
