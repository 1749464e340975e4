#include "vision/faces/face_quality.h"

#include <gtest/gtest.h>

#include "vision/faces/alignment.h"
#include "vision/properties/testing.h"

namespace eyrie::vision {
namespace {

using testing::blurred;
using testing::discs;
using testing::painted;
using testing::plain;
using testing::set;

// Seeds that align_face's template lies on, `scale` times as large.
FaceSeed seed_in(const image::Image& picture, double scale) {
  FaceSeed seed;
  const Point places[] = {{38.2946, 51.6963}, {73.5318, 51.5014}, {56.0252, 71.7366}, {56.1396, 92.2848}};
  for (std::size_t i = 0; i < std::size(places); ++i) {
    seed.points[i] = {places[i].x * scale / picture.width, places[i].y * scale / picture.height};
  }
  return seed;
}

FaceQuality quality_of(const image::Image& picture) {
  return measure_face_quality(picture, seed_in(picture, 2));
}

constexpr int kSide = 2 * kAlignedSide;

image::Image darker(const image::Image& source) {
  image::Image picture = source;
  for (std::uint8_t& value : picture.rgb) value = static_cast<std::uint8_t>(value / 3);
  return picture;
}

TEST(FaceQuality, IsOnTheScale) {
  for (const image::Image& picture :
       {discs(kSide, kSide), plain(kSide, kSide, 0, 0, 0), plain(kSide, kSide, 255, 255, 255)}) {
    const FaceQuality quality = quality_of(picture);
    EXPECT_GE(quality.brightness, 0);
    EXPECT_LE(quality.brightness, 100);
    EXPECT_GE(quality.sharpness, 0);
    EXPECT_LE(quality.sharpness, 100);
  }
  EXPECT_NEAR(quality_of(plain(kSide, kSide, 255, 255, 255)).brightness, 100, 0.5);
  EXPECT_NEAR(quality_of(plain(kSide, kSide, 0, 0, 0)).brightness, 0, 0.5);
}

TEST(FaceQuality, ABlurTakesSharpness) {
  const image::Image sharp = discs(kSide, kSide);
  const double before = quality_of(sharp).sharpness;
  const double little = quality_of(blurred(sharp, 3)).sharpness;
  const double much = quality_of(blurred(sharp, 9)).sharpness;
  EXPECT_GT(before, little + 5);
  EXPECT_GT(little, much + 5);
  EXPECT_NEAR(quality_of(blurred(sharp, 3)).brightness, quality_of(sharp).brightness, 5);
}

TEST(FaceQuality, DarknessTakesBrightness) {
  const image::Image light = discs(kSide, kSide);
  EXPECT_GT(quality_of(light).brightness, quality_of(darker(light)).brightness + 20);
}

TEST(FaceQuality, IsOfTheFaceAlone) {
  // Grey in the face's middle, white or black by the picture's sides.
  const auto framed = [](int around) {
    return painted(kSide, kSide, [around](int x, int, std::uint8_t* rgb) {
      const int value = x < kSide / 10 || x >= kSide - kSide / 10 ? around : 100;
      set(rgb, value, value, value);
    });
  };
  EXPECT_NEAR(quality_of(framed(255)).brightness, quality_of(framed(0)).brightness, 0.01);
}

TEST(FaceQuality, AFaceOfFewPixelsIsUnsharp) {
  const image::Image large = discs(kSide, kSide);
  image::Image small = painted(kSide / 16, kSide / 16, [&](int x, int y, std::uint8_t* rgb) {
    const std::uint8_t* from = large.row(y * 16 + 8) + static_cast<std::size_t>(x * 16 + 8) * 3;
    set(rgb, from[0], from[1], from[2]);
  });
  EXPECT_LT(measure_face_quality(small, seed_in(small, 0.125)).sharpness, quality_of(large).sharpness - 10);
}

}  // namespace
}  // namespace eyrie::vision
