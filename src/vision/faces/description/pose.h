// How a head is turned, as Rekognition counts it.
//
// Degrees. Roll: clockwise on the screen positive; yaw: towards the viewer's right positive; pitch: up
// positive. The turns are about the head's own axes, pitch innermost. Signs and the zero of pitch are those
// of Rekognition's published answers (docs/decisions.md). Sources: Horn, "Closed-form solution of absolute
// orientation using unit quaternions", 1987, for the mesh; least squares over a grid of yaw and pitch for a
// seed. Errors: none. Thread safety: plain data and functions.
#pragma once

#include <array>
#include <span>

#include "image/image.h"
#include "vision/faces/description/face_mesh.h"
#include "vision/faces/description/head_shape.h"

namespace eyrie::vision {

using Rotation = std::array<std::array<double, 3>, 3>;

// From the head's axes to the picture's (x right, y down, z away). `pose` counts pitch from the canonical
// head.
Rotation rotation_of(const Pose& pose);
Pose pose_of(const Rotation& rotation);

struct PointPair {
  HeadPoint from;
  MeshPoint to;
  double weight = 1;
};
// The turn that carries the first points best onto the second ones, whatever their scale and place.
Rotation best_rotation(std::span<const PointPair> pairs);

Pose pose_of(const FaceMesh& mesh);

// The average head turned, scaled and moved so that its eyes, nose, mouth and ears lie where the seed has
// them.
struct HeadFit {
  Pose pose;
  Point at(const HeadPoint& point) const;  // ratios of the picture

  Rotation rotation{};
  double scale = 0, x = 0, y = 0;  // pixels a centimetre; where the head's origin lies, pixels
  double width = 1, height = 1;    // the picture's
};
HeadFit fit_head(const FaceSeed& seed, const image::Image& picture);

}  // namespace eyrie::vision
