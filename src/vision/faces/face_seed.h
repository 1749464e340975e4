// What detection knows of one face: where further looks at it start.
//
// Units: ratios of the upright picture's width and height, origin top left; a face at an edge may reach below
// 0 or above 1. Thread safety: plain data.
#pragma once

#include <array>
#include <cstddef>

#include "vision/recognition/recognition.h"

namespace eyrie::vision {

// Left and right are the viewer's.
enum SeedPoint : std::size_t {
  kSeedLeftEye,
  kSeedRightEye,
  kSeedNose,
  kSeedMouth,
  kSeedLeftEar,
  kSeedRightEar
};
inline constexpr std::size_t kSeedPoints = 6;

struct FaceSeed {
  BoundingBox box;  // brow to chin, ear to ear
  std::array<Point, kSeedPoints>
      points;  // the eyes' and the mouth's middles, the nose's tip, in front of the ears
};

}  // namespace eyrie::vision
