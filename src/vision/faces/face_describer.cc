#include "vision/faces/face_describer.h"

#include <cmath>
#include <numbers>

namespace eyrie::vision {

Status FaceDescriber::describe(const image::Image& picture, const FaceSeed& seed, std::uint32_t attributes,
                               Face& face) const {
  if (attributes != 0) EYRIE_CHECK_OK(networks_.require(Role::kFaceAttributes));
  const Point& left = seed.points[kSeedLeftEye];
  const Point& right = seed.points[kSeedRightEye];
  face.landmarks = {{LandmarkType::kEyeLeft, left},
                    {LandmarkType::kEyeRight, right},
                    {LandmarkType::kNose, seed.points[kSeedNose]}};
  face.pose.roll = std::atan2((right.y - left.y) * picture.height, (right.x - left.x) * picture.width) * 180 /
                   std::numbers::pi;
  return {};
}

}  // namespace eyrie::vision
