// What covers a face: eyeglasses, sunglasses, something over mouth and nose, a hat. And whether the face is
// so covered that it can't be told whose it is.
//
// How likely, 0..1. What the figures rest on, and how good they are, is in docs/vision.md. Errors: none.
// Thread safety: plain data and functions.
#pragma once

#include "vision/faces/parsing/face_colors.h"
#include "vision/faces/parsing/face_parts.h"

namespace eyrie::vision {

struct Coverings {
  double eyeglasses = 0;  // sunglasses are eyeglasses too
  double sunglasses = 0;
  double mask = 0;
  double hat = 0;
  // What a mask is made likely of: that no mouth, and no nose, is to be seen.
  double mouth_hidden = 0, nose_hidden = 0;

  double occluded() const;
};

Coverings coverings_of(const UprightFace& face, const FaceParts& parts, const FaceColors& colors);

// Whether the eyes are so dark by the cheeks that they may be behind sunglasses: told without the parsing network, which settles it.
bool eyes_may_be_hidden(const UprightFace& face, const FaceColors& colors);

// How likely eyes are open that seem so: behind sunglasses, nobody knows. The landmark network draws open ones there.
double open_behind(double sunglasses, double seems_open);

}  // namespace eyrie::vision
