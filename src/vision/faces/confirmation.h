// What is to be thought of a find that the face finders alone do not settle.
//
// Wheels, dials and animals look like faces to them, and faces from the side do not to the landmark network. What is left unsure is asked of
// the object detector: a face lies in a person, and not in a dog (docs/decisions.md).
//
// Units: ratios of the picture. Errors: those of Network. Thread safety: all of it.
#pragma once

#include <span>
#include <vector>

#include "vision/faces/description/face_mesh.h"
#include "vision/faces/detection/face_detector.h"
#include "vision/labels/objects_once.h"
#include "vision/networks/networks.h"

namespace eyrie::vision {

// The best scores of the boxes that hold most of the face; 0 where there are none. `person`: the class's index.
struct Around {
  double person = 0, other = 0;
};
Around objects_around(const BoundingBox& face, std::span<const Detection> objects, int person);

struct ConfirmedFace {
  FoundFace found;
  FaceMesh mesh;
};

// The faces among the finds, in their order. The object detector is asked only where a find is unsure; where none is installed, nothing is
// held against a face for that. kUnavailable where there are finds and no landmark network.
Result<std::vector<ConfirmedFace>> confirm(const Networks& networks, const image::Image& picture, std::span<const FoundFace> found,
                                           ObjectsOnce& objects);

}  // namespace eyrie::vision
