#include "vision/faces/description/pose.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "vision/faces/description/landmarks.h"

namespace eyrie::vision {
namespace {

// Where pitch counts from: the canonical head is 13.2 degrees below Rekognition's 0.
constexpr double kZeroPitch = 13.2;
constexpr double kScale = 20;  // pixels a centimetre

MeshPoint placed(const Rotation& r, const HeadPoint& p, double x, double y) {
  return {x + kScale * (r[0][0] * p.x + r[0][1] * p.y + r[0][2] * p.z),
          y + kScale * (r[1][0] * p.x + r[1][1] * p.y + r[1][2] * p.z),
          kScale * (r[2][0] * p.x + r[2][1] * p.y + r[2][2] * p.z)};
}

FaceMesh mesh_turned(const Pose& canonical) {
  FaceMesh mesh;
  const Rotation r = rotation_of(canonical);
  for (const FirmPoint& point : firm_points()) mesh.points[point.mesh] = placed(r, point.at, 500, 400);
  return mesh;
}

FaceSeed seed_turned(const Pose& canonical, const image::Image& picture) {
  FaceSeed seed;
  const Rotation r = rotation_of(canonical);
  for (std::size_t i = 0; i < kSeedPoints; ++i) {
    const MeshPoint at = placed(r, seed_points_of_head()[i], 500, 400);
    seed.points[i] = {at.x / picture.width, at.y / picture.height};
  }
  return seed;
}

const Pose kPoses[] = {{0, 0, 0},  {20, 0, 0},  {-75, 0, 0},   {0, 35, 0},    {0, -60, 0},
                       {0, 0, 25}, {0, 0, -30}, {15, -40, 20}, {170, 30, -10}};

TEST(Pose, AnglesOfARotationAreThoseItWasMadeOf) {
  for (const Pose& pose : kPoses) {
    const Pose again = pose_of(rotation_of(pose));
    EXPECT_NEAR(again.roll, pose.roll, 1e-6);
    EXPECT_NEAR(again.yaw, pose.yaw, 1e-6);
    EXPECT_NEAR(again.pitch, pose.pitch, 1e-6);
  }
}

TEST(Pose, SignsAreRekognitions) {
  // The nose points out of the screen; it moves to the right, up, and the right eye below the left one.
  const HeadPoint nose{0, 0, -1}, right_eye{1, 0, 0};
  const auto move = [](const Pose& pose, const HeadPoint& p) { return placed(rotation_of(pose), p, 0, 0); };
  EXPECT_GT(move({.yaw = 30}, nose).x, 0);
  EXPECT_LT(move({.pitch = 30}, nose).y, 0);
  EXPECT_GT(move({.roll = 30}, right_eye).y, 0);
}

TEST(Pose, AMeshTellsHowItIsTurned) {
  for (const Pose& pose : kPoses) {
    const Pose found = pose_of(mesh_turned(pose));
    EXPECT_NEAR(found.roll, pose.roll, 0.01);
    EXPECT_NEAR(found.yaw, pose.yaw, 0.01);
    EXPECT_NEAR(found.pitch, pose.pitch + kZeroPitch, 0.01);
  }
}

TEST(Pose, AMeshOfNoExtentIsNotTurned) {
  const Pose found = pose_of(FaceMesh{});
  EXPECT_TRUE(std::isfinite(found.roll + found.yaw + found.pitch));
}

TEST(Pose, SixPointsTellHowAHeadIsTurned) {
  const image::Image picture{.width = 1200, .height = 900, .rgb = {}};
  for (const Pose& pose : kPoses) {
    const HeadFit fit = fit_head(seed_turned(pose, picture), picture);
    EXPECT_NEAR(fit.pose.roll, pose.roll, 6) << pose.yaw;
    EXPECT_NEAR(fit.pose.yaw, pose.yaw, 6);
    EXPECT_NEAR(fit.pose.pitch, pose.pitch + kZeroPitch, 6);
    EXPECT_NEAR(fit.scale, kScale, 1);
  }
}

TEST(Pose, APointlessSeedGivesAFiniteHead) {
  const image::Image picture{.width = 100, .height = 100, .rgb = {}};
  const HeadFit fit = fit_head(FaceSeed{}, picture);
  for (const Landmark& landmark : landmarks_of(fit))
    EXPECT_TRUE(std::isfinite(landmark.at.x + landmark.at.y));
}

}  // namespace
}  // namespace eyrie::vision
