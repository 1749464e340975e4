#include "image/warp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "image/pyramid.h"
#include "image/resize.h"

namespace eyrie::image {
namespace {

// Red grows to the right, green downwards, over the whole picture.
Image slopes(int width, int height) {
  Image picture{.width = width, .height = height, .rgb = {}};
  picture.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* rgb = picture.row(y) + static_cast<std::size_t>(x) * 3;
      rgb[0] = static_cast<std::uint8_t>(255 * x / width);
      rgb[1] = static_cast<std::uint8_t>(255 * y / height);
    }
  }
  return picture;
}

// Lines of one pixel, black and white.
Image lines(int side) {
  Image picture{.width = side, .height = side, .rgb = {}};
  picture.rgb.resize(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3);
  for (int y = 0; y < side; ++y) {
    for (int i = 0; i < side * 3; ++i) picture.row(y)[i] = (i / 3) % 2 ? 255 : 0;
  }
  return picture;
}

int red(const Image& picture, int x, int y) {
  return picture.row(y)[x * 3];
}

int green(const Image& picture, int x, int y) {
  return picture.row(y)[x * 3 + 1];
}

Affine shrink(double step) {
  return {.xx = step, .yy = step};
}

TEST(Warp, LeavesAPictureAsItIs) {
  const Image picture = slopes(64, 48);
  EXPECT_EQ(warp(picture, Affine{}, 64, 48).rgb, picture.rgb);
}

TEST(Warp, ShowsPlacesWhereTheMapSaysAtEveryScale) {
  const Image picture = slopes(400, 300);
  for (const double step : {0.5, 1.0, 1.3, 1.9, 2.0, 3.0, 4.7, 9.0}) {
    const Affine map{.xx = step, .x0 = 20, .yy = step, .y0 = 30};
    const Image seen = warp(picture, map, 24, 20);
    for (const int at : {2, 10, 18}) {
      EXPECT_NEAR(red(seen, at, 10), 255 * (map.x(at + 0.5, 0) - 0.5) / 400, 2) << step;
      EXPECT_NEAR(green(seen, 12, at), 255 * (map.y(0, at + 0.5) - 0.5) / 300, 2) << step;
    }
  }
}

TEST(Warp, TurnsRoundTheFirstPixelsCorner) {
  const Image picture = slopes(100, 100);
  const Image seen = warp(picture, {.xx = 0, .xy = -1, .x0 = 100, .yx = 1, .yy = 0, .y0 = 0}, 100, 100);  // its right points down
  EXPECT_NEAR(green(seen, 80, 10), 255 * 80 / 100, 2);
  EXPECT_NEAR(red(seen, 80, 10), 255 * 89 / 100, 2);
}

TEST(Warp, AveragesWhatItShrinks) {
  for (const double step : {2.0, 4.0, 8.0}) EXPECT_NEAR(red(warp(lines(256), shrink(step), 16, 16), 7, 7), 127, 2) << step;
}

TEST(Warp, IsBlackBeyondThePicture) {
  const Image seen = warp(slopes(40, 40), {.x0 = 30, .y0 = 10}, 20, 20);
  EXPECT_GT(red(seen, 5, 5), 0);
  EXPECT_EQ(red(seen, 15, 5), 0);
  EXPECT_EQ(green(warp(slopes(40, 40), {.x0 = 1000, .y0 = 1000}, 8, 8), 4, 4), 0);
}

TEST(Warp, RefusesMapsWithoutSense) {
  const Image picture = slopes(40, 40);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Affine& map : {Affine{.xx = 0, .yy = 0}, Affine{.xx = nan}, Affine{.x0 = nan}, Affine{.xx = 1e300, .yy = 1e300}}) {
    EXPECT_EQ(red(warp(picture, map, 4, 4), 3, 3), 0);
  }
  EXPECT_EQ(warp(picture, Affine{}, -5, 1 << 20).width, 1);
  EXPECT_EQ(warp(picture, Affine{}, -5, 1 << 20).height, kMaxWarpSide);
}

TEST(Pyramid, ShowsWhatWarpShows) {
  const Image picture = slopes(801, 603);
  const Pyramid pyramid(picture);
  for (const double step : {0.7, 1.5, 2.5, 5.0, 11.0}) {
    const Affine map{.xx = step, .xy = -0.2 * step, .x0 = 90, .yx = 0.2 * step, .yy = step, .y0 = 25};
    const Image direct = warp(picture, map, 40, 40);
    const Image seen = pyramid.warp(map, 40, 40);
    for (std::size_t i = 0; i < seen.rgb.size(); ++i) {
      // At the lower and right edges a small copy may lack a pixel.
      const auto x = static_cast<double>(i / 3 % 40), y = static_cast<double>(i / 120);
      if (map.x(x, y) > 780 || map.y(x, y) > 580) continue;
      ASSERT_NEAR(seen.rgb[i], direct.rgb[i], 3) << step << " at " << i;
    }
  }
}

TEST(Pyramid, OfAPictureOfOnePixel) {
  const Image picture = slopes(1, 1);
  EXPECT_EQ(Pyramid(picture).warp({.xx = 3, .yy = 3}, 5, 5).width, 5);
}

}  // namespace
}  // namespace eyrie::image
