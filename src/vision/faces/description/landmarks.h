// Rekognition's 30 landmarks of a face, in the order of its published answers: the five that every operation
// gives come first.
//
// Ratios of the picture. Left and right are the viewer's. Errors: none. Thread safety: functions.
#pragma once

#include <vector>

#include "vision/faces/description/face_mesh.h"
#include "vision/faces/description/pose.h"

namespace eyrie::vision {

std::vector<Landmark> landmarks_of(const FaceMesh& mesh, const image::Image& picture);
// Where no mesh is to be had: those of the average head.
std::vector<Landmark> landmarks_of(const HeadFit& head);

}  // namespace eyrie::vision
