#include "vision/faces/description/landmarks.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace eyrie::vision {
namespace {

const image::Image kPicture{.width = 800, .height = 400, .rgb = {}};

std::map<LandmarkType, Point> by_type(const std::vector<Landmark>& landmarks) {
  std::map<LandmarkType, Point> all;
  for (const Landmark& landmark : landmarks) all[landmark.type] = landmark.at;
  return all;
}

FaceSeed straight_ahead() {
  FaceSeed seed;
  for (std::size_t i = 0; i < kSeedPoints; ++i) {
    const HeadPoint& p = seed_points_of_head()[i];
    seed.points[i] = {(400 + 10 * p.x) / kPicture.width, (200 + 10 * p.y) / kPicture.height};
  }
  return seed;
}

TEST(Landmarks, EachOfThirtyComesOnceTheFiveOfEveryOperationFirst) {
  const std::vector<Landmark> landmarks = landmarks_of(FaceMesh{}, kPicture);
  ASSERT_EQ(landmarks.size(), kLandmarkTypes);
  std::set<LandmarkType> types;
  for (const Landmark& landmark : landmarks) types.insert(landmark.type);
  EXPECT_EQ(types.size(), kLandmarkTypes);
  EXPECT_EQ(landmark_name(landmarks[0].type), "eyeLeft");
  EXPECT_EQ(landmark_name(landmarks[1].type), "eyeRight");
  EXPECT_EQ(landmark_name(landmarks[2].type), "mouthLeft");
  EXPECT_EQ(landmark_name(landmarks[3].type), "mouthRight");
  EXPECT_EQ(landmark_name(landmarks[4].type), "nose");
  EXPECT_EQ(landmark_name(landmarks[29].type), "upperJawlineRight");
}

TEST(Landmarks, PlacesAreRatiosOfThePicture) {
  FaceMesh mesh;
  mesh.points[4] = {.x = 200, .y = 100, .z = -5};
  const auto at = by_type(landmarks_of(mesh, kPicture))[LandmarkType::kNose];
  EXPECT_DOUBLE_EQ(at.x, 0.25);
  EXPECT_DOUBLE_EQ(at.y, 0.25);
}

TEST(Landmarks, AnAverageHeadsLieInOrder) {
  auto at = by_type(landmarks_of(fit_head(straight_ahead(), kPicture)));
  EXPECT_NEAR(at[LandmarkType::kEyeLeft].x, (400 - 31.5) / 800, 0.01);
  EXPECT_LT(at[LandmarkType::kUpperJawlineLeft].x, at[LandmarkType::kLeftEyeBrowLeft].x);
  EXPECT_LT(at[LandmarkType::kLeftEyeLeft].x, at[LandmarkType::kLeftEyeRight].x);
  EXPECT_LT(at[LandmarkType::kLeftEyeRight].x, at[LandmarkType::kRightEyeLeft].x);
  EXPECT_LT(at[LandmarkType::kRightEyeRight].x, at[LandmarkType::kUpperJawlineRight].x);
  EXPECT_LT(at[LandmarkType::kLeftEyeBrowUp].y, at[LandmarkType::kLeftEyeUp].y);
  EXPECT_LT(at[LandmarkType::kNose].y, at[LandmarkType::kMouthUp].y);
  EXPECT_LT(at[LandmarkType::kMouthUp].y, at[LandmarkType::kMouthDown].y);
  EXPECT_LT(at[LandmarkType::kMouthDown].y, at[LandmarkType::kChinBottom].y);
}

}  // namespace
}  // namespace eyrie::vision
