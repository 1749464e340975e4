#include "vision/faces/alignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "vision/properties/testing.h"

namespace eyrie::vision {
namespace {

using testing::plain;
using testing::set;

// Eyes, nose, the middle of the mouth, as in ArcFace's five points.
constexpr std::array<Point, 4> kPlaces{{{38.2946, 51.6963},
                                        {73.5318, 51.5014},
                                        {56.0252, 71.7366},
                                        {(41.5493 + 70.7299) / 2, (92.3655 + 92.2041) / 2}}};

Point moved(const image::Affine& map, Point at) {
  return {map.x(at.x, at.y), map.y(at.x, at.y)};
}

image::Affine similarity_map(double degrees, double scale, double right, double down) {
  const double c = scale * std::cos(degrees * std::numbers::pi / 180);
  const double s = scale * std::sin(degrees * std::numbers::pi / 180);
  return {.xx = c, .xy = -s, .x0 = right, .yx = s, .yy = c, .y0 = down};
}

void expect_same(const image::Affine& a, const image::Affine& b) {
  EXPECT_NEAR(a.xx, b.xx, 1e-9);
  EXPECT_NEAR(a.xy, b.xy, 1e-9);
  EXPECT_NEAR(a.x0, b.x0, 1e-7);
  EXPECT_NEAR(a.yx, b.yx, 1e-9);
  EXPECT_NEAR(a.yy, b.yy, 1e-9);
  EXPECT_NEAR(a.y0, b.y0, 1e-7);
}

double squares(const image::Affine& map, std::span<const Point> from, std::span<const Point> to) {
  double sum = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Point at = moved(map, from[i]);
    sum += std::pow(at.x - to[i].x, 2) + std::pow(at.y - to[i].y, 2);
  }
  return sum;
}

TEST(FitSimilarity, OfPointsUponThemselvesIsNoChange) {
  expect_same(fit_similarity(kPlaces, kPlaces), {});
}

TEST(FitSimilarity, FindsTurnScaleAndShift) {
  for (const double degrees : {-170.0, -90.0, -12.0, 0.0, 35.0, 90.0, 180.0}) {
    for (const double scale : {0.1, 1.0, 7.5}) {
      const image::Affine map = similarity_map(degrees, scale, 300, -20);
      std::vector<Point> to;
      for (const Point& point : kPlaces) to.push_back(moved(map, point));
      expect_same(fit_similarity(kPlaces, to), map);
    }
  }
}

TEST(FitSimilarity, IsTheBestByLeastSquares) {
  // A face seen from the side: no similarity fits.
  const std::array<Point, 4> to{{{100, 100}, {115, 104}, {118, 121}, {104, 140}}};
  const image::Affine best = fit_similarity(kPlaces, to);
  EXPECT_NEAR(best.xx, best.yy, 1e-12);
  EXPECT_NEAR(best.xy, -best.yx, 1e-12);
  const double least = squares(best, kPlaces, to);
  EXPECT_GT(least, 1);
  for (const double change : {-0.01, 0.01}) {
    image::Affine other = best;
    other.xx += change, other.yy += change;
    EXPECT_GT(squares(other, kPlaces, to), least);
    other = best;
    other.xy -= change, other.yx += change;
    EXPECT_GT(squares(other, kPlaces, to), least);
    other = best;
    other.x0 += change;
    EXPECT_GT(squares(other, kPlaces, to), least);
    other = best;
    other.y0 += change;
    EXPECT_GT(squares(other, kPlaces, to), least);
  }
}

TEST(FitSimilarity, OfTooFewPointsIsAShift) {
  const std::array<Point, 1> one{{{3, 4}}}, other{{{10, 2}}};
  expect_same(fit_similarity(one, other), {.x0 = 7, .y0 = -2});
  const std::array<Point, 3> same{{{3, 4}, {3, 4}, {3, 4}}}, apart{{{9, 2}, {10, 2}, {11, 2}}};
  expect_same(fit_similarity(same, apart), {.x0 = 7, .y0 = -2});
  expect_same(fit_similarity({}, {}), {});
}

// ---- align_face

// Grey with a disc of each colour where `map` puts the eyes, the nose and the mouth.
image::Image marked(int width, int height, const image::Affine& map) {
  image::Image picture = plain(width, height, 128, 128, 128);
  const double radius = 4 * std::hypot(map.xx, map.yx);
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const Point at = moved(map, kPlaces[i]);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        if (std::hypot(x + 0.5 - at.x, y + 0.5 - at.y) > radius) continue;
        set(picture.row(y) + x * 3, i == 0 || i == 3 ? 255 : 0, i == 1 || i == 3 ? 255 : 0, i == 2 ? 255 : 0);
      }
    }
  }
  return picture;
}

FaceSeed seed_at(const image::Image& picture, const image::Affine& map) {
  FaceSeed seed;
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const Point at = moved(map, kPlaces[i]);
    seed.points[i] = {at.x / picture.width, at.y / picture.height};
  }
  return seed;
}

void expect_marks(const image::Image& aligned) {
  ASSERT_EQ(aligned.width, kAlignedSide);
  ASSERT_EQ(aligned.height, kAlignedSide);
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const auto x = static_cast<std::size_t>(kPlaces[i].x);
    const std::uint8_t* pixel = aligned.row(static_cast<int>(kPlaces[i].y)) + x * 3;
    SCOPED_TRACE(i);
    EXPECT_EQ(pixel[0] > 190, i == 0 || i == 3);
    EXPECT_EQ(pixel[1] > 190, i == 1 || i == 3);
    EXPECT_EQ(pixel[2] > 190, i == 2);
  }
}

TEST(AlignFace, OneThatIsAlignedStaysAsItIs) {
  const image::Image picture = marked(kAlignedSide, kAlignedSide, {});
  const image::Image aligned = align_face(picture, seed_at(picture, {}));
  expect_marks(aligned);
  ASSERT_EQ(aligned.rgb.size(), picture.rgb.size());
  int most = 0;
  for (std::size_t i = 0; i < picture.rgb.size(); ++i)
    most = std::max(most, std::abs(aligned.rgb[i] - picture.rgb[i]));
  EXPECT_LE(most, 1);
}

TEST(AlignFace, BringsAnyFaceUpright) {
  for (const image::Affine& map :
       {similarity_map(0, 3, 150, 20), similarity_map(25, 2, 200, 40), similarity_map(90, 1.5, 400, 100),
        similarity_map(180, 2, 420, 330), similarity_map(-60, 0.8, 100, 200)}) {
    const image::Image picture = marked(600, 400, map);
    expect_marks(align_face(picture, seed_at(picture, map)));
  }
}

}  // namespace
}  // namespace eyrie::vision
