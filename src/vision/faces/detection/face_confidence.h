// From scores of two networks to how sure it is that there is a face.
//
// Units: confidence 0..100. Source of the numbers: docs/decisions.md. Thread-safe.
#pragma once

#include "vision/faces/detection/close_look.h"

namespace eyrie::vision {

// has_scout: false where the detector had to work alone.
double face_confidence(const CloseLook& seen, bool has_scout);

}  // namespace eyrie::vision
