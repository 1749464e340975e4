// An average head in three dimensions, which faces are held against to tell how they are turned.
//
// The numbers are of MediaPipe's canonical face model (the face landmarker's geometry metadata, Apache-2.0):
// centimetres, x to the viewer's right, y down, z away from the viewer, face straight ahead. Thread safety:
// constants.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "vision/faces/face_seed.h"
#include "vision/recognition/recognition.h"

namespace eyrie::vision {

struct HeadPoint {
  float x = 0, y = 0, z = 0;
};

// Points that keep their place whatever the face expresses, with the weight they have in fitting.
struct FirmPoint {
  std::size_t mesh = 0;  // its index among the mesh's points
  float weight = 0;
  HeadPoint at;
};
std::span<const FirmPoint> firm_points();

const std::array<HeadPoint, kSeedPoints>& seed_points_of_head();

// Rekognition's landmarks.
HeadPoint landmark_of_head(LandmarkType type);

}  // namespace eyrie::vision
