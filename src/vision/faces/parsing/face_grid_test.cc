#include "vision/faces/parsing/face_grid.h"

#include <gtest/gtest.h>

#include "vision/faces/parsing/testing.h"

namespace eyrie::vision {
namespace {

using enum LandmarkType;

const image::Image kPicture{.width = 800, .height = 600, .rgb = {}};

TEST(UprightFace, IsTheSameHoweverItIsTurnedOnTheScreen) {
  const UprightFace straight(testing::average_face(kPicture), kPicture);
  const UprightFace lying(testing::average_face(kPicture, {.roll = 90}), kPicture);
  EXPECT_NEAR(straight.eye_distance(), 126, 1);
  EXPECT_NEAR(lying.eye_distance(), straight.eye_distance(), 1e-6);
  EXPECT_NEAR(lying.mouth_width(), straight.mouth_width(), 1e-6);
  EXPECT_NEAR(lying[kEyeLeft].y, lying[kEyeRight].y, 1e-6);
  EXPECT_LT(lying[kEyeLeft].x, lying[kEyeRight].x);
  EXPECT_LT(lying[kEyeLeft].y, lying[kChinBottom].y);
  EXPECT_NEAR(lying.square(1.5, 0).side, straight.square(1.5, 0).side, 1e-6);
  // Up, of a head that lies to the right, is right.
  EXPECT_GT(lying.square(1, 0.5).x, lying.square(1, 0).x + 50);
  EXPECT_NEAR(lying.square(1, 0.5).y, lying.square(1, 0).y, 1e-6);
  EXPECT_FALSE(straight.turned_away());
  EXPECT_TRUE(UprightFace(testing::average_face(kPicture, {.yaw = -70}), kPicture).turned_away());
}

TEST(UprightFace, WithoutLandmarksDividesByNothing) {
  const UprightFace none(Face{}, kPicture);
  EXPECT_GT(none.eye_distance(), 0);
  EXPECT_GT(none.square(1, 0).side, 0);
}

TEST(FaceGrid, FindsTheCellsOfASpot) {
  const UprightFace face(testing::average_face(kPicture), kPicture);
  const FaceSquare square{.x = 400, .y = 300, .side = 100};
  const FaceGrid grid(face, square, 10);  // cells of 10 pixels from (350, 250)
  const Spot spot{{355, 255}, 6, 6};
  EXPECT_EQ(grid.in({&spot, 1}), (std::vector<std::size_t>{0}));
  const Spot wide{{400, 255}, 60, 3};
  EXPECT_EQ(grid.in({&wide, 1}).size(), 10U);
  const Spot tiny{{361, 251}, 0.1, 0.1};  // between the middles of cells
  EXPECT_EQ(grid.in({&tiny, 1}), (std::vector<std::size_t>{1}));
  const Spot outside{{900, 900}, 5, 5};
  EXPECT_EQ(grid.in({&outside, 1}), (std::vector<std::size_t>{99}));
  EXPECT_TRUE(grid.in({}).empty());
  EXPECT_EQ(grid.above(270).size(), 20U);
  EXPECT_TRUE(grid.above(0).empty());
}

}  // namespace
}  // namespace eyrie::vision
