#include "vision/faces/parsing/coverings.h"

#include <gtest/gtest.h>

#include "vision/faces/parsing/facial_hair.h"
#include "vision/faces/parsing/testing.h"

namespace eyrie::vision {
namespace {

using enum LandmarkType;

constexpr std::array<std::uint8_t, 3> kSkin{200, 150, 125};

// A face of bare skin, whose mouth and eyes the network sees where they are.
struct Bare {
  image::Image picture = testing::plain(800, 600, kSkin[0], kSkin[1], kSkin[2]);
  Face face = testing::average_face(picture);
  UprightFace upright{face, picture};

  FaceParts parts(FacePart at_eyes, FacePart at_mouth, FacePart on_top) const {
    const FaceSquare square = upright.square(1.7, 0.15);
    const auto is_near = [&](LandmarkType type, double across, double down, double x, double y) {
      const double dx = square.x + (x - 0.5) * square.side - upright[type].x;
      const double dy = square.y + (y - 0.5) * square.side - upright[type].y;
      return std::abs(dx) < across && std::abs(dy) < down;
    };
    return testing::parts_of(upright, [&](double x, double y) {
      if (is_near(kEyeLeft, 40, 25, x, y) || is_near(kEyeRight, 40, 25, x, y)) return at_eyes;
      if (is_near(kMouthUp, 55, 45, x, y) || is_near(kMouthDown, 55, 30, x, y)) return at_mouth;
      return square.y + (y - 0.5) * square.side < upright[kLeftEyeBrowUp].y ? on_top : FacePart::kSkin;
    });
  }
  Coverings on(const FaceParts& parts) const {
    return coverings_of(upright, parts, FaceColors(picture, upright));
  }
};

TEST(Coverings, NothingIsOnABareFace) {
  const Bare bare;
  const Coverings on = bare.on(bare.parts(FacePart::kLeftEye, FacePart::kMouth, FacePart::kHair));
  EXPECT_LT(on.eyeglasses, 0.1);
  EXPECT_LT(on.sunglasses, 0.1);
  EXPECT_LT(on.mask, 0.1);
  EXPECT_LT(on.hat, 0.1);
  EXPECT_LT(on.occluded(), 0.1);
}

TEST(Coverings, NobodyKnowsOfEyesBehindSunglasses) {
  EXPECT_DOUBLE_EQ(open_behind(0, 0.99), 0.99);
  EXPECT_DOUBLE_EQ(open_behind(0, 0.02), 0.02);
  EXPECT_LT(open_behind(0.95, 0.99), 0.55);
  EXPECT_GT(open_behind(0.95, 0.02), 0.45);
  Bare bare;
  EXPECT_FALSE(eyes_may_be_hidden(bare.upright, FaceColors(bare.picture, bare.upright)));
  for (const LandmarkType eye : {kEyeLeft, kEyeRight})
    testing::paint(bare.picture, bare.upright[eye], 45, 30, {15, 15, 15});
  EXPECT_TRUE(eyes_may_be_hidden(bare.upright, FaceColors(bare.picture, bare.upright)));
}

TEST(Coverings, GlassesThatAreDarkAreSunglasses) {
  Bare bare;
  const FaceParts parts = bare.parts(FacePart::kEyeglasses, FacePart::kMouth, FacePart::kHair);
  const Coverings clear = bare.on(parts);
  EXPECT_GT(clear.eyeglasses, 0.9);
  EXPECT_LT(clear.sunglasses, 0.1);
  for (const LandmarkType eye : {kEyeLeft, kEyeRight})
    testing::paint(bare.picture, bare.upright[eye], 45, 30, {15, 15, 15});
  const Coverings dark = bare.on(parts);
  EXPECT_GT(dark.sunglasses, 0.9);
  EXPECT_GE(dark.eyeglasses, dark.sunglasses);
  EXPECT_GT(dark.occluded(), 0.9);
}

TEST(Coverings, AMaskHidesTheMouthAndHasItsOwnColour) {
  Bare bare;
  const FaceParts hidden = bare.parts(FacePart::kLeftEye, FacePart::kSkin, FacePart::kHair);
  EXPECT_LT(bare.on(hidden).mask, 0.1);  // skin-coloured: a picture in which the network finds no mouth
  testing::paint(bare.picture, bare.upright[kMouthUp], 110, 110, {150, 190, 215});
  EXPECT_GT(bare.on(hidden).mask, 0.8);
  EXPECT_GT(bare.on(hidden).occluded(), 0.8);
  EXPECT_LT(bare.on(bare.parts(FacePart::kLeftEye, FacePart::kMouth, FacePart::kHair)).mask, 0.1);  // make-up
}

TEST(Coverings, ASmallFaceTellsNothingOfItsMouth) {
  const image::Image picture = testing::plain(800, 600, kSkin[0], kSkin[1], kSkin[2]);
  Face face = testing::average_face(picture);
  for (Landmark& landmark : face.landmarks) landmark.at = {landmark.at.x / 10, landmark.at.y / 10};
  const UprightFace upright(face, picture);
  const FaceParts skin = testing::parts_of(upright, [](double, double) { return FacePart::kSkin; });
  EXPECT_EQ(coverings_of(upright, skin, FaceColors(picture, upright)).mouth_hidden, 0);
}

TEST(Coverings, AHatIsAboveTheBrows) {
  const Bare bare;
  EXPECT_GT(bare.on(bare.parts(FacePart::kLeftEye, FacePart::kMouth, FacePart::kHat)).hat, 0.9);
}

TEST(FaceParts, TellsWhatCellsShow) {
  const Bare bare;
  const FaceParts parts = bare.parts(FacePart::kLeftEye, FacePart::kMouth, FacePart::kHat);
  const std::vector<std::size_t> hat = parts.cells_of(FacePart::kHat);
  EXPECT_GT(hat.size(), 100U);
  EXPECT_NEAR(parts.share({FacePart::kHat}, hat), 1, 1e-6);
  EXPECT_NEAR(parts.share({FacePart::kSkin, FacePart::kHat}, hat), 1, 1e-6);
  EXPECT_EQ(parts.share({FacePart::kHair}, hat), 0);
  EXPECT_EQ(parts.share({FacePart::kHat}, std::vector<std::size_t>{}), 0);
}

TEST(FacialHair, IsPalerThanTheCheeksAndOnMenAlone) {
  Bare bare;
  const auto hair = [&](double male, double years) {
    return facial_hair_of(bare.upright, FaceColors(bare.picture, bare.upright), male, years);
  };
  EXPECT_LT(hair(1, 40).beard, 0.2);
  EXPECT_LT(hair(1, 40).mustache, 0.2);
  const UprightFace& at = bare.upright;
  testing::paint(bare.picture, {at[kMouthUp].x, at[kMouthUp].y - 25}, 70, 18, {70, 68, 66});
  EXPECT_GT(hair(1, 40).mustache, 0.8);
  EXPECT_LT(hair(1, 40).beard, hair(1, 40).mustache);
  testing::paint(bare.picture, {at[kMouthDown].x, at[kMouthDown].y + 20}, 150, 75, {70, 68, 66});
  EXPECT_GT(hair(1, 40).beard, 0.8);
  EXPECT_LT(hair(0, 40).beard, 0.1);
  EXPECT_LT(hair(1, 8).beard, 0.1);
}

TEST(FacialHair, OfAFaceFromTheSideIsAsCommonAsOnMen) {
  Bare bare;
  const Face away = testing::average_face(bare.picture, {.yaw = 80});
  const UprightFace upright(away, bare.picture);
  const FacialHair hair = facial_hair_of(upright, FaceColors(bare.picture, upright), 1, 40);
  EXPECT_GT(hair.beard, 0);
  EXPECT_LT(hair.beard, 0.3);
  EXPECT_LT(hair.mustache, 0.3);
}

}  // namespace
}  // namespace eyrie::vision
