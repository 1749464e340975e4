// Beard and mustache, by how much less colourful than the cheeks the jaw and the upper lip are. Of grown men
// only.
//
// Likelihoods 0..1; weak ones, see docs/vision.md. Errors: none. Thread safety: plain data and functions.
#pragma once

#include "vision/faces/parsing/face_colors.h"

namespace eyrie::vision {

struct FacialHair {
  double beard = 0, mustache = 0;
};

// `male`: how likely, 0..1; `years`: the face's age.
FacialHair facial_hair_of(const UprightFace& face, const FaceColors& colors, double male, double years);

}  // namespace eyrie::vision
