// The 478 points of a face that MediaPipe's face landmark network finds: 468 of the skin, then five of each
// iris.
//
// Source of the procedure: MediaPipe's face_landmarks_detector_graph. Errors: those of Network. Thread
// safety: plain data and functions.
#pragma once

#include <array>

#include "vision/faces/description/face_crop.h"
#include "vision/networks/network.h"

namespace eyrie::vision {

// Pixels of the picture; z: away from the viewer, in the scale of x and y, its origin about the head's
// middle.
struct MeshPoint {
  double x = 0, y = 0, z = 0;
};

inline constexpr std::size_t kMeshPoints = 478;

struct FaceMesh {
  std::array<MeshPoint, kMeshPoints> points;
  double presence = 0;  // 0..1: how sure the network is to see a face

  // Below, the points are a guess: seen from the side, covered, or no face.
  bool trusted() const { return presence >= 0.5; }
};

double distance(const MeshPoint& a, const MeshPoint& b);  // in the picture's plane

// The smallest square that holds all points, turned by the line between the eyes.
FaceSquare square_of(const FaceMesh& mesh);

Result<FaceMesh> find_mesh(Network& network, const image::Image& picture, const FaceSeed& seed);

}  // namespace eyrie::vision
