#include "vision/faces/description/landmarks.h"

namespace eyrie::vision {
namespace {

// A landmark lies at the mesh point, or between the two.
struct Entry {
  LandmarkType type;
  std::size_t a, b;
};

// Which mesh point is which landmark was found by fitting the canonical head to published answers
// (docs/decisions.md).
constexpr std::array<Entry, kLandmarkTypes> kEntries{{
    {LandmarkType::kEyeLeft, 468, 468},
    {LandmarkType::kEyeRight, 473, 473},
    {LandmarkType::kMouthLeft, 61, 61},
    {LandmarkType::kMouthRight, 291, 291},
    {LandmarkType::kNose, 4, 4},
    {LandmarkType::kLeftEyeBrowLeft, 70, 46},
    {LandmarkType::kLeftEyeBrowRight, 107, 55},
    {LandmarkType::kLeftEyeBrowUp, 105, 105},
    {LandmarkType::kRightEyeBrowLeft, 336, 285},
    {LandmarkType::kRightEyeBrowRight, 300, 276},
    {LandmarkType::kRightEyeBrowUp, 334, 334},
    {LandmarkType::kLeftEyeLeft, 33, 33},
    {LandmarkType::kLeftEyeRight, 133, 133},
    {LandmarkType::kLeftEyeUp, 159, 159},
    {LandmarkType::kLeftEyeDown, 145, 145},
    {LandmarkType::kRightEyeLeft, 362, 362},
    {LandmarkType::kRightEyeRight, 263, 263},
    {LandmarkType::kRightEyeUp, 386, 386},
    {LandmarkType::kRightEyeDown, 374, 374},
    {LandmarkType::kNoseLeft, 240, 240},
    {LandmarkType::kNoseRight, 460, 460},
    {LandmarkType::kMouthUp, 0, 0},
    {LandmarkType::kMouthDown, 17, 17},
    {LandmarkType::kLeftPupil, 468, 468},
    {LandmarkType::kRightPupil, 473, 473},
    {LandmarkType::kUpperJawlineLeft, 127, 234},
    {LandmarkType::kMidJawlineLeft, 172, 172},
    {LandmarkType::kChinBottom, 152, 152},
    {LandmarkType::kMidJawlineRight, 397, 397},
    {LandmarkType::kUpperJawlineRight, 356, 454},
}};

}  // namespace

std::vector<Landmark> landmarks_of(const FaceMesh& mesh, const image::Image& picture) {
  std::vector<Landmark> landmarks;
  for (const Entry& entry : kEntries) {
    const MeshPoint& a = mesh.points[entry.a];
    const MeshPoint& b = mesh.points[entry.b];
    landmarks.push_back({entry.type, {(a.x + b.x) / 2 / picture.width, (a.y + b.y) / 2 / picture.height}});
  }
  return landmarks;
}

std::vector<Landmark> landmarks_of(const HeadFit& head) {
  std::vector<Landmark> landmarks;
  for (const Entry& entry : kEntries)
    landmarks.push_back({entry.type, head.at(landmark_of_head(entry.type))});
  return landmarks;
}

}  // namespace eyrie::vision
