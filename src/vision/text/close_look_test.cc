#include "vision/text/close_look.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

using image::Quad;

Quad upright(float left, float top, float width, float height) {
  return {{{left, top}, {left + width, top}, {left + width, top + height}, {left, top + height}}};
}

TextBox box(const Quad& corners) { return {corners, 0.9F}; }

const Quad kStrip = upright(100, 50, 120, 40);

TEST(SameTextTest, NothingFound) { EXPECT_FALSE(same_text({}, kStrip)); }

TEST(SameTextTest, TakesTheLineInTheMiddleOfWhatWasJoined) {
  const TextBox above = box(upright(120, 50, 80, 8));
  const TextBox number = box(upright(104, 58, 112, 24));
  const TextBox below = box(upright(110, 82, 100, 8));
  const auto found = same_text({above, number, below}, kStrip);
  ASSERT_TRUE(found);
  EXPECT_FLOAT_EQ((*found)[0].x, 104);
  EXPECT_FLOAT_EQ((*found)[2].y, 82);
}

TEST(SameTextTest, AFragmentIsNotTheText) {
  EXPECT_FALSE(same_text({box(upright(140, 55, 50, 30))}, kStrip)) << "shorter than half";
  EXPECT_FALSE(same_text({box(upright(100, 64, 120, 12))}, kStrip)) << "lower than a third";
  EXPECT_FALSE(same_text({box(upright(100, 40, 120, 60))}, kStrip)) << "half as high again";
  EXPECT_FALSE(same_text({box(upright(161, 50, 60, 40))}, kStrip)) << "right of the middle";
}

TEST(SameTextTest, OfTwoTheLongest) {
  const auto found = same_text({box(upright(110, 55, 90, 30)), box(upright(105, 55, 110, 30))}, kStrip);
  ASSERT_TRUE(found);
  EXPECT_FLOAT_EQ(image::width_of(*found), 110);
}

TEST(SameTextTest, RunsAsTheStripDoes) {
  // The strip stands on its head: its top left is at the bottom right. The detector's boxes never do.
  const Quad overturned = image::turned(kStrip, 2);
  const auto found = same_text({box(upright(105, 55, 110, 30))}, overturned);
  ASSERT_TRUE(found);
  EXPECT_FLOAT_EQ((*found)[0].x, 215);
  EXPECT_FLOAT_EQ((*found)[0].y, 85);
}

}  // namespace
}  // namespace eyrie::vision
