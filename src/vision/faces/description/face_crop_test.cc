#include "vision/faces/description/face_crop.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numbers>

namespace eyrie::vision {
namespace {

constexpr double kQuarter = std::numbers::pi / 2;

TEST(FaceSquare, CornersOfATurnedSquare) {
  const FaceSquare square{.x = 100, .y = 50, .side = 20, .angle = kQuarter};  // its top points to the right
  EXPECT_NEAR(square.at(0, 0).x, 110, 1e-9);
  EXPECT_NEAR(square.at(0, 0).y, 40, 1e-9);
  EXPECT_NEAR(square.at(1, 1).x, 90, 1e-9);
  EXPECT_NEAR(square.at(1, 1).y, 60, 1e-9);
  const image::Affine map = square.to_picture(10);
  EXPECT_NEAR(map.x(5, 0), square.at(0.5, 0).x, 1e-9);
  EXPECT_NEAR(map.y(5, 0), square.at(0.5, 0).y, 1e-9);
}

TEST(FaceSquare, FollowsTheEyes) {
  const image::Image picture{.width = 400, .height = 200, .rgb = {}};
  FaceSeed seed{.box = {.left = 0.25, .top = 0.25, .width = 0.25, .height = 0.25}};
  seed.points[kSeedLeftEye] = {0.3, 0.3};
  seed.points[kSeedRightEye] = {0.3, 0.5};  // straight below
  const FaceSquare square = square_of(seed, picture);
  EXPECT_NEAR(square.x, 150, 1e-9);
  EXPECT_NEAR(square.y, 75, 1e-9);
  EXPECT_NEAR(square.side, 100 / 0.93, 1e-9);  // by the box's width, which is the longer side here
  EXPECT_NEAR(square.angle, kQuarter, 1e-9);
}

TEST(FaceSquare, IsCutOutUprightInTheNetworksOwnOrder) {
  // The left half is red, the right half blue.
  image::Image picture{.width = 8, .height = 8, .rgb = {}};
  for (int i = 0; i < 64; ++i) {
    const bool left = i % 8 < 4;
    picture.rgb.insert(picture.rgb.end(), {static_cast<std::uint8_t>(left ? 255 : 0), 0,
                                           static_cast<std::uint8_t>(left ? 0 : 255)});
  }
  const InputSpec spec{.width = 4, .height = 4, .scale = {255, 255, 255}};
  const auto red_of_first_pixel = [&](double angle, bool mirrored) {
    const Tensor tensor = cut_out(picture, {.x = 4, .y = 4, .side = 8, .angle = angle}, spec, mirrored);
    EXPECT_EQ(tensor.bytes.size(), 4 * 4 * 3 * sizeof(float));
    float red = 0;
    std::memcpy(&red, tensor.bytes.data(), sizeof red);
    return red;
  };
  EXPECT_NEAR(red_of_first_pixel(0, false), 1, 0.01);
  EXPECT_NEAR(red_of_first_pixel(0, true), 0, 0.01);
  EXPECT_NEAR(red_of_first_pixel(2 * kQuarter, false), 0, 0.01);  // upside down
}

}  // namespace
}  // namespace eyrie::vision
