#include "image/quad.h"

#include <gtest/gtest.h>

namespace eyrie::image {
namespace {

const Quad kQuad{{{10, 20}, {110, 20}, {110, 60}, {10, 60}}};

void expect_corners(const Quad& quad, const Quad& wanted) {
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_FLOAT_EQ(quad[i].x, wanted[i].x) << "corner " << i;
    EXPECT_FLOAT_EQ(quad[i].y, wanted[i].y) << "corner " << i;
  }
}

TEST(QuadTest, SliceIsAPartOfTheWidth) {
  expect_corners(slice(kQuad, 0.1F, 0.5F), {{{20, 20}, {60, 20}, {60, 60}, {20, 60}}});
  expect_corners(slice(kQuad, -0.1F, 1.1F), {{{0, 20}, {120, 20}, {120, 60}, {0, 60}}});
}

TEST(QuadTest, BandIsAPartOfTheHeight) {
  expect_corners(band(kQuad, 0.25F, 0.5F), {{{10, 30}, {110, 30}, {110, 40}, {10, 40}}});
}

TEST(QuadTest, BandCountsFromTheTextsTopWhereverThatIs) {
  const Quad overturned = turned(kQuad, 2);
  expect_corners(band(overturned, 0, 0.25F), {{{110, 60}, {10, 60}, {10, 50}, {110, 50}}});
}

TEST(QuadTest, TurnedClockwiseMakesTheLeftSideTheTop) {
  const Quad left_on_top = turned(kQuad, 1);
  EXPECT_FLOAT_EQ(left_on_top[0].y, 60);
  EXPECT_FLOAT_EQ(left_on_top[1].y, 20);
  expect_corners(turned(turned(kQuad, 1), -1), kQuad);
}

}  // namespace
}  // namespace eyrie::image
