// The second look at a candidate: alone, upright, and at the size at which the networks are surest of faces.
//
// Errors: those of FaceFinders. Thread-safe.
#pragma once

#include "vision/faces/detection/face_search.h"

namespace eyrie::vision {

struct CloseLook {
  Hit face;                        // the detector's, or the candidate itself where the detector saw nothing
  double detector = 0, scout = 0;  // the best scores of the close looks
  double angle = 0;                // of the eyes' line, degrees clockwise
};

Result<CloseLook> look_closely(const FaceFinders& finders, const image::Pyramid& pyramid,
                               const Candidate& candidate);

}  // namespace eyrie::vision
