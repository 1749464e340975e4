// A face turned, scaled and moved so that its eyes, nose and mouth lie where an embedding network expects
// them.
//
// Template: the five points at 112 x 112 that ArcFace and SFace are trained with (Deng et al. 2019; OpenCV
// Zoo), the mouth's corners taken as their middle. The map is the similarity that is best by least squares
// (Umeyama 1991). Thread-safe.
#pragma once

#include <span>

#include "image/image.h"
#include "image/warp.h"
#include "vision/faces/face_seed.h"

namespace eyrie::vision {

// Maps `from` to `to`: turn, one scale, shift. At least two different points, as many of both; what is less
// gives the plain shift.
image::Affine fit_similarity(std::span<const Point> from, std::span<const Point> to);

inline constexpr int kAlignedSide = 112;  // pixels
image::Image align_face(const image::Image& picture, const FaceSeed& seed);

}  // namespace eyrie::vision
