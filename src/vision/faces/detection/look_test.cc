#include "vision/faces/detection/look.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "vision/properties/testing.h"

namespace eyrie::vision {
namespace {

using testing::painted;
using testing::set;

void expect_point(Point point, double x, double y) {
  EXPECT_NEAR(point.x, x, 1e-9);
  EXPECT_NEAR(point.y, y, 1e-9);
}

TEST(Look, PlacesOfAnUprightOne) {
  const Look look{.centre = {100, 50}, .width = 40, .height = 20};
  expect_point(look.to_picture({0, 0}), 80, 40);
  expect_point(look.to_picture({0.5, 0.5}), 100, 50);
  expect_point(look.to_picture({1, 1}), 120, 60);
}

TEST(Look, PlacesOfATurnedOne) {
  Look look{.centre = {100, 50}, .width = 40, .height = 20, .angle = 90};
  expect_point(look.to_picture({1, 0.5}), 100, 70);  // its right points down
  expect_point(look.to_picture({0.5, 0}), 110, 50);  // and its top to the right
  look.angle = 30;
  expect_point(look.to_picture({1, 0.5}), 100 + 20 * std::sqrt(0.75), 60);
}

// Red, green, blue and white quarters, in reading order.
image::Image quarters(int side) {
  return painted(side, side, [side](int x, int y, std::uint8_t* rgb) {
    const bool right = x >= side / 2, below = y >= side / 2;
    set(rgb, right == below ? 255 : 0, right ? 255 : 0, below ? 255 : 0);
  });
}

// The colours at the middles of a picture's quarters, in reading order: R, G, B, W; k for black.
std::string seen_in(const image::Image& picture) {
  std::string seen;
  for (const int y : {picture.height / 4, picture.height * 3 / 4}) {
    for (const int x : {picture.width / 4, picture.width * 3 / 4}) {
      const std::uint8_t* rgb = picture.row(y) + static_cast<std::size_t>(x) * 3;
      const int bits = (rgb[0] > 127 ? 4 : 0) + (rgb[1] > 127 ? 2 : 0) + (rgb[2] > 127 ? 1 : 0);
      seen += "kBG?R??W"[bits];
    }
  }
  return seen;
}

TEST(Look, ShowsThePictureTurned) {
  const image::Image picture = quarters(80);
  Look look{.centre = {40, 40}, .width = 80, .height = 80};
  EXPECT_EQ(seen_in(look.take(image::Pyramid(picture), 32, 32)), "RGBW");
  look.angle = 90;
  EXPECT_EQ(seen_in(look.take(image::Pyramid(picture), 32, 32)), "GWRB");
  look.angle = 180;
  EXPECT_EQ(seen_in(look.take(image::Pyramid(picture), 32, 32)), "WBGR");
  look.angle = 270;
  EXPECT_EQ(seen_in(look.take(image::Pyramid(picture), 32, 32)), "BRWG");
}

TEST(Look, ShowsPartsAndIsBlackBeyondThePicture) {
  const image::Image picture = quarters(80);
  const Look corner{.centre = {80, 0}, .width = 60, .height = 60};
  EXPECT_EQ(seen_in(corner.take(image::Pyramid(picture), 32, 32)), "kkGk");
  const Look left{.centre = {20, 40}, .width = 20, .height = 40};
  const image::Image seen = left.take(image::Pyramid(picture), 8, 16);
  EXPECT_EQ(seen.width, 8);
  EXPECT_EQ(seen.height, 16);
  EXPECT_EQ(seen_in(seen), "RRBB");
}

TEST(Tile, OneLookShowsThePicture) {
  for (const double proportion : {1.0, 4.0 / 3, 3.0 / 4}) {
    const std::vector<Look> looks = tile(640, 400, 1, proportion);
    ASSERT_EQ(looks.size(), 1U);
    expect_point(looks[0].centre, 320, 200);
    EXPECT_NEAR(looks[0].width / looks[0].height, proportion, 1e-9);
    EXPECT_GE(looks[0].width, 640 - 1e-9);
    EXPECT_GE(looks[0].height, 400 - 1e-9);
  }
}

// Where a picture's side is covered, and by how much neighbours overlap.
void expect_covered(std::vector<std::pair<double, double>> pieces, double side) {
  std::ranges::sort(pieces);
  pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
  EXPECT_LE(pieces.front().first, 1e-9);
  EXPECT_GE(pieces.back().second, side - 1e-9);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const double length = pieces[i].second - pieces[i].first;
    EXPECT_GE(pieces[i - 1].second - pieces[i].first, length / 4 - 1e-6);
  }
}

TEST(Tile, NeighboursShareAQuarter) {
  for (const auto& [width, height] : {std::pair{640, 400}, {400, 640}, {1280, 1280}, {1280, 100}}) {
    for (const int across : {2, 4, 8}) {
      for (const double proportion : {1.0, 4.0 / 3, 3.0 / 4}) {
        SCOPED_TRACE(::testing::Message()
                     << width << " x " << height << " / " << across << ", " << proportion);
        std::vector<std::pair<double, double>> columns, rows;
        for (const Look& look : tile(width, height, across, proportion)) {
          EXPECT_NEAR(look.width, std::max<double>(width, height * proportion) / across, 1e-9);
          EXPECT_NEAR(look.width / look.height, proportion, 1e-9);
          columns.emplace_back(look.centre.x - look.width / 2, look.centre.x + look.width / 2);
          rows.emplace_back(look.centre.y - look.height / 2, look.centre.y + look.height / 2);
        }
        expect_covered(columns, width);
        expect_covered(rows, height);
      }
    }
  }
}

TEST(Tile, IsBounded) {
  EXPECT_EQ(tile(1000, 1000, 2, 1).size(), 9U);  // 0, 250, 500 of 500
  EXPECT_EQ(tile(1000, 1000, 4, 1).size(), 25U);
  EXPECT_EQ(tile(1280, 1, 2, 1).size(), 3U);
  EXPECT_EQ(tile(1, 1, 1, 1).size(), 1U);
}

}  // namespace
}  // namespace eyrie::vision
