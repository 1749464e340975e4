// What a face does: smile, open its mouth and eyes, look somewhere. Out of the mesh and MediaPipe's 52
// blendshapes, which a small network reads off 146 of the mesh's points.
//
// Source of the points and of the blendshapes' order: MediaPipe's face_blendshapes_graph. Errors: those of
// Network. Thread safety: plain data and functions.
#pragma once

#include <array>

#include "vision/faces/description/face_mesh.h"

namespace eyrie::vision {

// Left and right of blendshapes are the person's own.
enum Blendshape : std::size_t {
  kEyeBlinkLeft = 9,
  kEyeBlinkRight,
  kEyeLookDownLeft,
  kEyeLookDownRight,
  kEyeLookInLeft,
  kEyeLookInRight,
  kEyeLookOutLeft,
  kEyeLookOutRight,
  kEyeLookUpLeft,
  kEyeLookUpRight,
  kMouthSmileLeft = 44,
  kMouthSmileRight,
};
inline constexpr std::size_t kBlendshapes = 52;
using Blendshapes = std::array<double, kBlendshapes>;  // 0..1

Result<Blendshapes> find_blendshapes(Network& network, const FaceMesh& mesh);

// How likely, 0..1.
double smile_in(const Blendshapes& shapes);
double open_mouth_in(const FaceMesh& mesh);
double open_eyes_in(const FaceMesh& mesh, const Blendshapes& shapes);

// Of the eyes in the head; signs as of a pose. Less confident the less open the eyes are.
EyeDirection gaze_in(const Blendshapes& shapes, double open_eyes);

}  // namespace eyrie::vision
