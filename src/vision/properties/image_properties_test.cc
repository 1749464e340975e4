#include "vision/properties/image_properties.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "vision/properties/testing.h"

namespace eyrie::vision {
namespace {

using testing::painted;
using testing::plain;
using testing::set;

double total_percent(const std::vector<DominantColor>& colors) {
  double total = 0;
  for (const DominantColor& color : colors) total += color.percent;
  return total;
}

TEST(ImagePropertiesTest, OneColourIsAllThereIs) {
  const ImageProperties properties = measure_properties(plain(300, 200, 255, 0, 0), {}, {});
  ASSERT_EQ(properties.whole.colors.size(), 1U);
  const DominantColor& color = properties.whole.colors[0];
  EXPECT_EQ(color.red, 255);
  EXPECT_EQ(color.green, 0);
  EXPECT_EQ(color.blue, 0);
  EXPECT_EQ(color.css, "red");
  EXPECT_EQ(color.simplified, "red");
  EXPECT_DOUBLE_EQ(color.percent, 100);
  EXPECT_DOUBLE_EQ(properties.whole.sharpness, 0);
  EXPECT_DOUBLE_EQ(properties.whole.contrast, 0);
  EXPECT_FALSE(properties.foreground);
  EXPECT_FALSE(properties.background);
}

TEST(ImagePropertiesTest, TwoPartsInTheirShares) {
  const image::Image picture = painted(
      400, 100, [](int x, int, std::uint8_t* rgb) { x < 300 ? set(rgb, 0, 0, 128) : set(rgb, 255, 255, 0); });
  const auto colors = measure_properties(picture, {}, {}).whole.colors;
  ASSERT_EQ(colors.size(), 2U);
  EXPECT_EQ(colors[0].css, "navy");
  EXPECT_EQ(colors[0].simplified, "blue");
  EXPECT_NEAR(colors[0].percent, 75, 0.5);
  EXPECT_EQ(colors[1].css, "yellow");
  EXPECT_NEAR(colors[1].percent, 25, 0.5);
}

TEST(ImagePropertiesTest, ForegroundIsWhatIsInTheBoxes) {
  const image::Image picture = painted(200, 200, [](int x, int y, std::uint8_t* rgb) {
    x >= 50 && x < 150 && y >= 50 && y < 150 ? set(rgb, 255, 255, 255) : set(rgb, 0, 100, 0);
  });
  const std::vector<BoundingBox> objects{{.left = 0.25, .top = 0.25, .width = 0.25, .height = 0.5},
                                         {.left = 0.4, .top = 0.25, .width = 0.35, .height = 0.5}};
  const ImageProperties properties = measure_properties(picture, objects, {});
  ASSERT_TRUE(properties.foreground);
  ASSERT_TRUE(properties.background);
  ASSERT_EQ(properties.foreground->colors.size(), 1U);
  EXPECT_EQ(properties.foreground->colors[0].css, "white");
  EXPECT_DOUBLE_EQ(properties.foreground->brightness, 100);
  ASSERT_EQ(properties.background->colors.size(), 1U);
  EXPECT_EQ(properties.background->colors[0].css, "darkgreen");
  EXPECT_LT(properties.background->brightness, properties.whole.brightness);
  ASSERT_EQ(properties.whole.colors.size(), 2U);
  EXPECT_NEAR(properties.whole.colors[0].percent, 75, 0.5);
}

TEST(ImagePropertiesTest, BoxesOverAllOrNothingDivideNothing) {
  const image::Image picture = testing::discs(200, 150);
  for (const BoundingBox& box : {BoundingBox{.left = -0.2, .top = -0.2, .width = 2, .height = 2},
                                 BoundingBox{.left = 0.5, .top = 0.5, .width = 0.01, .height = 0.01},
                                 BoundingBox{.left = 1.5, .top = 0.5, .width = 1, .height = 1},
                                 BoundingBox{.left = 0.5, .top = 0.5, .width = -1, .height = -1}}) {
    const ImageProperties properties = measure_properties(picture, {&box, 1}, {});
    EXPECT_FALSE(properties.foreground);
    EXPECT_FALSE(properties.background);
    EXPECT_GT(properties.whole.contrast, 0);
  }
}

TEST(ImagePropertiesTest, NoMoreColoursThanAskedFor) {
  // Twenty-four clearly different colours.
  const image::Image picture = painted(240, 100, [](int x, int, std::uint8_t* rgb) {
    const int i = x / 10;
    set(rgb, i % 3 * 127, i / 3 % 4 * 85, i / 12 * 255);
  });
  EXPECT_TRUE(measure_properties(picture, {}, {.max_colors = 0}).whole.colors.empty());
  EXPECT_EQ(measure_properties(picture, {}, {.max_colors = 1}).whole.colors.size(), 1U);
  EXPECT_EQ(measure_properties(picture, {}, {}).whole.colors.size(), 10U);
  const auto most = measure_properties(picture, {}, {.max_colors = 20}).whole.colors;
  EXPECT_GE(most.size(), 15U);
  EXPECT_LE(total_percent(most), 100 + 1e-9);
  for (std::size_t i = 1; i < most.size(); ++i) {
    EXPECT_GE(most[i - 1].percent, most[i].percent);
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(most[i].css, most[j].css);
  }
}

TEST(ImagePropertiesTest, TheSamePictureGivesTheSameAnswer) {
  const image::Image picture = testing::discs(700, 500);
  const auto once = measure_properties(picture, {}, {}).whole;
  const auto again = measure_properties(picture, {}, {}).whole;
  ASSERT_EQ(once.colors.size(), again.colors.size());
  for (std::size_t i = 0; i < once.colors.size(); ++i) {
    EXPECT_EQ(once.colors[i].css, again.colors[i].css);
    EXPECT_DOUBLE_EQ(once.colors[i].percent, again.colors[i].percent);
  }
  EXPECT_DOUBLE_EQ(once.sharpness, again.sharpness);
}

TEST(ImagePropertiesTest, NeighbouringShadesAreOneColour) {
  std::uint32_t random = 1;
  const image::Image picture = painted(200, 200, [&random](int, int, std::uint8_t* rgb) {
    random = random * 1664525 + 1013904223;
    const int grain = static_cast<int>(random >> 29);
    set(rgb, 60 + grain, 120 + grain, 180 + grain);
  });
  const auto colors = measure_properties(picture, {}, {}).whole.colors;
  ASSERT_EQ(colors.size(), 1U);
  EXPECT_NEAR(colors[0].red, 63.5, 1);
  EXPECT_NEAR(colors[0].blue, 183.5, 1);
  EXPECT_EQ(colors[0].simplified, "blue");
}

TEST(ImagePropertiesTest, TheSmallestAndTheLongest) {
  EXPECT_EQ(measure_properties(plain(1, 1, 0, 0, 0), {}, {}).whole.colors.size(), 1U);
  EXPECT_EQ(measure_properties(plain(5000, 1, 9, 9, 9), {}, {}).whole.colors[0].css, "black");
  EXPECT_EQ(measure_properties(plain(2, 4000, 250, 250, 250), {}, {}).whole.colors[0].simplified, "white");
  EXPECT_TRUE(measure_properties({}, {}, {}).whole.colors.empty());
}

TEST(ImagePropertiesTest, ColoursOfAPart) {
  const image::Image picture = painted(400, 300, [](int x, int, std::uint8_t* rgb) {
    x < 200 ? set(rgb, 128, 0, 128) : set(rgb, 0, 255, 255);
  });
  const auto colors = colors_of_part(picture, {.left = 0.6, .top = 0.1, .width = 0.6, .height = 0.5}, 10);
  ASSERT_EQ(colors.size(), 1U);
  EXPECT_EQ(colors[0].css, "cyan");
  EXPECT_TRUE(colors_of_part(picture, {.left = 2, .top = 0, .width = 1, .height = 1}, 10).empty());
}

}  // namespace
}  // namespace eyrie::vision
