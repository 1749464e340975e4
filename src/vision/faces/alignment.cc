#include "vision/faces/alignment.h"

#include <algorithm>
#include <array>

namespace eyrie::vision {
namespace {

// Eyes, nose, the middle of the mouth; pixels of the aligned picture.
constexpr std::array<Point, 4> kTemplate{
    {{38.2946, 51.6963}, {73.5318, 51.5014}, {56.0252, 71.7366}, {56.1396, 92.2848}}};

Point mean_of(std::span<const Point> points) {
  Point sum;
  for (const Point& point : points) {
    sum.x += point.x;
    sum.y += point.y;
  }
  const double count = std::max<double>(1, static_cast<double>(points.size()));
  return {sum.x / count, sum.y / count};
}

}  // namespace

image::Affine fit_similarity(std::span<const Point> from, std::span<const Point> to) {
  const Point middle_from = mean_of(from);
  const Point middle_to = mean_of(to);
  double spread = 0, along = 0, across = 0;
  for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
    const Point a{from[i].x - middle_from.x, from[i].y - middle_from.y};
    const Point b{to[i].x - middle_to.x, to[i].y - middle_to.y};
    spread += a.x * a.x + a.y * a.y;
    along += a.x * b.x + a.y * b.y;
    across += a.x * b.y - a.y * b.x;
  }
  const double c = spread > 0 ? along / spread : 1;
  const double s = spread > 0 ? across / spread : 0;
  return {.xx = c,
          .xy = -s,
          .x0 = middle_to.x - c * middle_from.x + s * middle_from.y,
          .yx = s,
          .yy = c,
          .y0 = middle_to.y - s * middle_from.x - c * middle_from.y};
}

image::Image align_face(const image::Image& picture, const FaceSeed& seed) {
  std::array<Point, kTemplate.size()> points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = {seed.points[i].x * picture.width, seed.points[i].y * picture.height};
  }
  return image::warp(picture, fit_similarity(kTemplate, points), kAlignedSide, kAlignedSide);
}

}  // namespace eyrie::vision
