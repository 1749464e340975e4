#include "vision/faces/description/expression.h"

#include <gtest/gtest.h>

#include "vision/faces/description/trait.h"

namespace eyrie::vision {
namespace {

// Mouth 100 pixels wide, eyes 40; the gaps between lips and lids as given.
FaceMesh face(double lips, double lids) {
  FaceMesh mesh;
  mesh.points[78] = {.x = 50, .y = 200};
  mesh.points[308] = {.x = 150, .y = 200};
  mesh.points[13] = {.x = 100, .y = 200 - lips / 2};
  mesh.points[14] = {.x = 100, .y = 200 + lips / 2};
  const auto eye = [&](std::size_t top, std::size_t bottom, std::size_t left, std::size_t right, double x) {
    mesh.points[left] = {.x = x, .y = 100};
    mesh.points[right] = {.x = x + 40, .y = 100};
    mesh.points[top] = {.x = x + 20, .y = 100 - lids / 2};
    mesh.points[bottom] = {.x = x + 20, .y = 100 + lids / 2};
  };
  eye(159, 145, 33, 133, 40);
  eye(386, 374, 362, 263, 120);
  return mesh;
}

TEST(Expression, AMouthIsOpenWhereTheLipsPart) {
  EXPECT_FALSE(trait_of(open_mouth_in(face(1, 12))).value);
  EXPECT_TRUE(trait_of(open_mouth_in(face(20, 12))).value);
  EXPECT_GT(open_mouth_in(face(60, 12)), open_mouth_in(face(20, 12)));
  EXPECT_LT(open_mouth_in(FaceMesh{}), 0.5);  // no width: nothing known, nothing divided by
}

TEST(Expression, EyesAreOpenWhereTheLidsPartAndNothingBlinks) {
  Blendshapes calm{}, blinking{};
  blinking[kEyeBlinkLeft] = blinking[kEyeBlinkRight] = 0.7;
  EXPECT_GT(open_eyes_in(face(1, 12), calm), 0.9);
  EXPECT_LT(open_eyes_in(face(1, 2), blinking), 0.1);
  EXPECT_LT(open_eyes_in(face(1, 8), blinking), open_eyes_in(face(1, 8), calm));
}

TEST(Expression, ASmileTakesBothCornersOfTheMouth) {
  Blendshapes none{}, half{}, full{};
  half[kMouthSmileLeft] = 0.4;
  full[kMouthSmileLeft] = full[kMouthSmileRight] = 0.8;
  EXPECT_LT(smile_in(none), 0.05);
  EXPECT_LT(smile_in(half), 0.5);
  EXPECT_GT(smile_in(full), 0.95);
}

TEST(Expression, EyesLookToTheViewersRightAndUp) {
  Blendshapes shapes{};
  shapes[kEyeLookOutLeft] = shapes[kEyeLookInRight] = 0.8;  // the person's own left
  shapes[kEyeLookUpLeft] = shapes[kEyeLookUpRight] = 0.4;
  const EyeDirection gaze = gaze_in(shapes, 0.9);
  EXPECT_NEAR(gaze.yaw, 28, 1e-9);
  EXPECT_NEAR(gaze.pitch, 10, 1e-9);
  EXPECT_NEAR(gaze.confidence, 90, 1e-9);
  Blendshapes other{};
  other[kEyeLookInLeft] = other[kEyeLookOutRight] = 0.8;
  other[kEyeLookDownLeft] = other[kEyeLookDownRight] = 0.4;
  EXPECT_NEAR(gaze_in(other, 1).yaw, -28, 1e-9);
  EXPECT_NEAR(gaze_in(other, 1).pitch, -10, 1e-9);
  EXPECT_LE(gaze_in(other, 1).confidence, 99.9);
}

TEST(Trait, IsAtLeastAnEvenGuess) {
  EXPECT_TRUE(trait_of(0.8).value);
  EXPECT_NEAR(trait_of(0.8).confidence, 80, 1e-9);
  EXPECT_FALSE(trait_of(0.3).value);
  EXPECT_NEAR(trait_of(0.3).confidence, 70, 1e-9);
  EXPECT_LE(trait_of(1).confidence, 99.9);
  EXPECT_EQ(trait_of(std::nan("")).confidence, 50);
}

}  // namespace
}  // namespace eyrie::vision
