#include "vision/faces/confirmation.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

constexpr int kPerson = 1;
constexpr BoundingBox kFace{.left = 0.4, .top = 0.2, .width = 0.1, .height = 0.2};

Detection object(float left, float top, float right, float bottom, int cls, float score) {
  return {.left = left, .top = top, .right = right, .bottom = bottom, .cls = cls, .score = score};
}

TEST(Confirmation, TakesTheBestThatHoldsTheFace) {
  const std::vector objects{object(0.3F, 0.1F, 0.7F, 1, kPerson, 0.4F), object(0.35F, 0.15F, 0.6F, 0.9F, kPerson, 0.7F),
                            object(0.6F, 0.1F, 0.9F, 1, kPerson, 0.9F), object(0.3F, 0.1F, 0.7F, 1, 2, 0.95F)};
  EXPECT_NEAR(objects_around(kFace, objects, kPerson).person, 0.7, 1e-6);
  EXPECT_NEAR(objects_around(kFace, objects, kPerson).other, 0.95, 1e-6);
}

TEST(Confirmation, NobodyAroundIsZero) {
  EXPECT_EQ(objects_around(kFace, {}, kPerson).person, 0);
  const std::vector beside{object(0.46F, 0.1F, 0.9F, 1, kPerson, 0.9F)};  // holds four tenths
  EXPECT_EQ(objects_around(kFace, beside, kPerson).person, 0);
  const std::vector most{object(0.43F, 0.1F, 0.9F, 1, kPerson, 0.9F)};
  EXPECT_GT(objects_around(kFace, most, kPerson).person, 0);
}

TEST(Confirmation, NeedsALandmarkNetworkWhereThereAreFinds) {
  const Networks none({});
  const image::Image picture{.width = 2, .height = 2, .rgb = std::vector<std::uint8_t>(12)};
  ObjectsOnce objects;
  EXPECT_TRUE(confirm(none, picture, {}, objects)->empty());
  const std::vector<FoundFace> found(1);
  EXPECT_EQ(confirm(none, picture, found, objects).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace eyrie::vision
