// How bright and how sharp a face is shown.
//
// Both are measured on the face alone - an ellipse from brow to chin, turned upright, at one size for all
// faces - as properties/quality.h measures pictures. A face of few pixels is unsharp, as it looks enlarged.
// Units: 0..100. Thread-safe; no errors.
#pragma once

#include "image/image.h"
#include "vision/faces/face_seed.h"

namespace eyrie::vision {

FaceQuality measure_face_quality(const image::Image& picture, const FaceSeed& seed);

}  // namespace eyrie::vision
