#include "vision/faces/face_describer.h"

#include "vision/faces/description/face_mesh.h"
#include "vision/faces/description/landmarks.h"
#include "vision/faces/description/pose.h"

namespace eyrie::vision {

Status FaceDescriber::describe(const image::Image& picture, const FaceSeed& seed, std::uint32_t attributes,
                               Face& face) const {
  EYRIE_TRY(Network* const mesh_network, networks_.require(Role::kFaceLandmarks));
  EYRIE_TRY(const FaceMesh mesh, find_mesh(*mesh_network, picture, seed));
  if (mesh.trusted()) {
    face.landmarks = landmarks_of(mesh, picture);
    face.pose = pose_of(mesh);
  } else {
    const HeadFit head = fit_head(seed, picture);
    face.landmarks = landmarks_of(head);
    face.pose = head.pose;
  }
  if (attributes != 0) EYRIE_CHECK_OK(networks_.require(Role::kFaceAttributes));
  return {};
}

}  // namespace eyrie::vision
