#include "vision/properties/quality.h"

#include <gtest/gtest.h>

#include <vector>

#include "vision/properties/testing.h"

namespace eyrie::vision {
namespace {

using testing::blurred;
using testing::discs;
using testing::painted;
using testing::plain;
using testing::set;

Quality quality_of(const image::Image& picture) {
  const std::vector<std::uint8_t> mask(picture.rgb.size() / 3);
  return sum_quality(picture, mask)[0].quality();
}

image::Image scaled(const image::Image& source, double factor, double offset) {
  return painted(source.width, source.height, [&](int x, int y, std::uint8_t* rgb) {
    const int level = static_cast<int>(std::lround(source.row(y)[x * 3] * factor + offset));
    set(rgb, level, level, level);
  });
}

TEST(QualityTest, BlackAndWhiteAreTheEnds) {
  EXPECT_DOUBLE_EQ(quality_of(plain(50, 50, 0, 0, 0)).brightness, 0);
  EXPECT_DOUBLE_EQ(quality_of(plain(50, 50, 255, 255, 255)).brightness, 100);
  const image::Image halves = painted(
      100, 50, [](int x, int, std::uint8_t* rgb) { x < 50 ? set(rgb, 0, 0, 0) : set(rgb, 255, 255, 255); });
  EXPECT_NEAR(quality_of(halves).contrast, 100, 1e-6);
}

TEST(QualityTest, DarkerIsLessBright) {
  const image::Image picture = discs(300, 200);
  double last = 101;
  for (const double factor : {1.0, 0.8, 0.6, 0.4, 0.2, 0.0}) {
    const double brightness = quality_of(scaled(picture, factor, 0)).brightness;
    EXPECT_LT(brightness, last) << factor;
    last = brightness;
  }
  EXPECT_DOUBLE_EQ(last, 0);
}

TEST(QualityTest, FlatterHasLessContrast) {
  const image::Image picture = discs(300, 200);
  double last = 101;
  for (const double factor : {1.0, 0.7, 0.4, 0.1, 0.0}) {
    const double contrast = quality_of(scaled(picture, factor, 128 * (1 - factor))).contrast;
    EXPECT_LT(contrast, last) << factor;
    last = contrast;
  }
  EXPECT_DOUBLE_EQ(last, 0);
}

TEST(QualityTest, BlurTakesSharpness) {
  const image::Image picture = discs(300, 200);
  double last = 101;
  for (const int reach : {0, 1, 2, 3, 5, 8, 12}) {
    const double sharpness = quality_of(blurred(picture, reach)).sharpness;
    EXPECT_LT(sharpness, last) << reach;
    EXPECT_GE(sharpness, 0);
    last = sharpness;
  }
  EXPECT_LT(last, 20);
}

TEST(QualityTest, ASlopeIsNotSharp) {
  // A grey level every four pixels, then one a pixel.
  EXPECT_DOUBLE_EQ(
      quality_of(painted(800, 20, [](int x, int, std::uint8_t* rgb) { set(rgb, x / 4, x / 4, x / 4); }))
          .sharpness,
      0);
  EXPECT_DOUBLE_EQ(
      quality_of(painted(250, 20, [](int x, int, std::uint8_t* rgb) { set(rgb, x, x, x); })).sharpness, 0);
}

TEST(QualityTest, BlurInOneDirectionIsSeen) {
  const image::Image picture = discs(300, 200);
  const image::Image moved = painted(300, 200, [&](int x, int y, std::uint8_t* rgb) {
    int sum = 0;
    for (int i = -8; i <= 8; ++i) sum += picture.row(y)[std::clamp(x + i, 0, 299) * 3];
    set(rgb, sum / 17, sum / 17, sum / 17);
  });
  EXPECT_LT(quality_of(moved).sharpness, quality_of(picture).sharpness / 2);
}

TEST(QualityTest, RegionsAddUp) {
  const image::Image picture = discs(301, 203);
  std::vector<std::uint8_t> mask(picture.rgb.size() / 3);
  for (std::size_t i = 0; i < mask.size(); i += 3) mask[i] = 255;
  const auto sums = sum_quality(picture, mask);
  QualitySums both = sums[0];
  both += sums[1];
  const std::vector<std::uint8_t> nothing(mask.size());
  const QualitySums whole = sum_quality(picture, nothing)[0];
  EXPECT_EQ(sums[1].pixels, (mask.size() + 2) / 3);
  EXPECT_EQ(both.pixels, whole.pixels);
  EXPECT_EQ(both.luma, whole.luma);
  EXPECT_EQ(both.luma_squared, whole.luma_squared);
  EXPECT_EQ(both.across.all, whole.across.all);
  EXPECT_EQ(both.down.lost, whole.down.lost);
}

}  // namespace
}  // namespace eyrie::vision
