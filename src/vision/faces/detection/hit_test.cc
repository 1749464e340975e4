#include "vision/faces/detection/hit.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

Hit box(double x, double y, double width, double height, double score = 1) {
  Hit hit{.centre = {x, y}, .width = width, .height = height, .score = score};
  hit.points.fill({x, y - 1});
  return hit;
}

TEST(Hit, OverlapIsIntersectionOverUnion) {
  const Hit face = box(50, 50, 20, 10);
  EXPECT_DOUBLE_EQ(overlap(face, face), 1);
  EXPECT_DOUBLE_EQ(overlap(face, box(60, 50, 20, 10)), 1.0 / 3);  // half of each
  EXPECT_DOUBLE_EQ(overlap(face, box(50, 52.5, 20, 5)), 0.5);
  EXPECT_DOUBLE_EQ(overlap(box(60, 50, 20, 10), face), overlap(face, box(60, 50, 20, 10)));
}

TEST(Hit, ContainmentIsOfTheSmallerOne) {
  const Hit face = box(50, 50, 20, 20);
  EXPECT_DOUBLE_EQ(containment(face, box(45, 55, 4, 4)), 1);
  EXPECT_DOUBLE_EQ(containment(box(45, 55, 4, 4), face), 1);
  EXPECT_DOUBLE_EQ(containment(face, box(60, 50, 4, 4)), 0.5);
}

TEST(Hit, ThoseApartOrTouchingShareNothing) {
  const Hit face = box(50, 50, 20, 20);
  for (const Hit& other :
       {box(70, 50, 20, 20), box(50, 70, 20, 20), box(200, 200, 20, 20), box(50, 50, 0, 0)}) {
    EXPECT_EQ(overlap(face, other), 0);
    EXPECT_EQ(containment(face, other), 0);
  }
}

TEST(Hit, ComesFromALookToThePicture) {
  const Look look{.centre = {100, 60}, .width = 40, .height = 20};
  LookHit found{.left = 0.25, .top = 0.5, .right = 0.75, .bottom = 1, .score = 0.7};
  found.points[kSeedNose] = {0, 1};
  const Hit hit = to_picture(found, look);
  EXPECT_NEAR(hit.centre.x, 100, 1e-9);
  EXPECT_NEAR(hit.centre.y, 65, 1e-9);
  EXPECT_NEAR(hit.width, 20, 1e-9);
  EXPECT_NEAR(hit.height, 10, 1e-9);
  EXPECT_NEAR(hit.points[kSeedNose].x, 80, 1e-9);
  EXPECT_NEAR(hit.points[kSeedNose].y, 70, 1e-9);
  EXPECT_EQ(hit.score, 0.7);
}

TEST(Hit, OfATurnedLookLiesWhereTheLookSawIt) {
  const Look look{.centre = {100, 60}, .width = 40, .height = 20, .angle = 90};  // its right is below
  const Hit hit = to_picture({.left = 0.75, .top = 0.25, .right = 1, .bottom = 0.75, .score = 1}, look);
  EXPECT_NEAR(hit.centre.x, 100, 1e-9);
  EXPECT_NEAR(hit.centre.y, 75, 1e-9);
  EXPECT_NEAR(hit.width, 10, 1e-9);  // still along the look's own axes
  EXPECT_NEAR(hit.height, 10, 1e-9);
}

TEST(Blend, IsTheMeanWeighedByScoreWithTheBestScore) {
  const std::vector<Hit> blended = blend({box(102, 50, 24, 20, 0.2), box(100, 50, 20, 20, 0.6)}, 0.5, 10);
  ASSERT_EQ(blended.size(), 1U);
  EXPECT_NEAR(blended[0].centre.x, 100.5, 1e-9);
  EXPECT_NEAR(blended[0].centre.y, 50, 1e-9);
  EXPECT_NEAR(blended[0].width, 21, 1e-9);
  EXPECT_NEAR(blended[0].height, 20, 1e-9);
  EXPECT_NEAR(blended[0].points[kSeedRightEar].x, 100.5, 1e-9);
  EXPECT_NEAR(blended[0].points[kSeedRightEar].y, 49, 1e-9);
  EXPECT_EQ(blended[0].score, 0.6);
}

TEST(Blend, LeavesFacesApartBestFirst) {
  const std::vector<Hit> blended =
      blend({box(50, 50, 20, 20, 0.5), box(65, 50, 20, 20, 0.9), box(200, 50, 20, 20, 0.7)}, 0.3, 10);
  ASSERT_EQ(blended.size(), 3U);  // the first two overlap by a seventh
  EXPECT_EQ(blended[0].score, 0.9);
  EXPECT_EQ(blended[1].score, 0.7);
  EXPECT_EQ(blended[2].score, 0.5);
  EXPECT_NEAR(blended[0].centre.x, 65, 1e-9);
}

TEST(Blend, GroupsRoundTheBestAlone) {
  // Each overlaps the next by a half, the outer ones by a fifth: no chain from one face to the next.
  const std::vector<Hit> blended =
      blend({box(0, 0, 30, 10, 0.9), box(10, 0, 30, 10, 0.5), box(20, 0, 30, 10, 0.8)}, 0.4, 10);
  ASSERT_EQ(blended.size(), 2U);
  EXPECT_LT(blended[0].centre.x, 10);
  EXPECT_NEAR(blended[1].centre.x, 20, 1e-9);
}

TEST(Blend, KeepsAtMostTheBest) {
  std::vector<Hit> hits;
  for (int i = 0; i < 20; ++i) hits.push_back(box(100 * i, 0, 10, 10, 0.05 * (i + 1)));
  const std::vector<Hit> blended = blend(hits, 0.3, 3);
  ASSERT_EQ(blended.size(), 3U);
  EXPECT_NEAR(blended[0].centre.x, 1900, 1e-9);
  EXPECT_NEAR(blended[2].centre.x, 1700, 1e-9);
  EXPECT_TRUE(blend({}, 0.3, 3).empty());
  EXPECT_TRUE(blend(hits, 0.3, 0).empty());
}

}  // namespace
}  // namespace eyrie::vision
