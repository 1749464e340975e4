#include "image/warp.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image/resize.h"
#include "image/view.h"

namespace eyrie::image {
namespace {

// Halved a little before a step reaches two pixels: what bilinear sampling takes in fades towards its second neighbour.
constexpr double kEarly = 0.15;  // in halvings

// How far apart in the source neighbours of the result lie.
double step_of(const Affine& map) {
  return std::sqrt(std::abs(map.xx * map.yy - map.xy * map.yx));
}

bool usable(const Affine& map) {
  const double step = step_of(map);
  return std::isfinite(step + map.x0 + map.y0) && step > 0;
}

Image black(int width, int height) {
  Image result{.width = width, .height = height, .rgb = {}};
  result.rgb.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 0);
  return result;
}

// Where the result's pixels lie in the source, one pixel wider for the interpolation; empty where they all lie outside.
Rect needed(const Image& source, const Affine& map, int width, int height) {
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  for (const double x : {0.0, static_cast<double>(width)}) {
    for (const double y : {0.0, static_cast<double>(height)}) {
      left = std::min(left, map.x(x, y));
      right = std::max(right, map.x(x, y));
      top = std::min(top, map.y(x, y));
      bottom = std::max(bottom, map.y(x, y));
    }
  }
  const auto clamp = [](double value, int most) { return std::clamp(value, 0.0, static_cast<double>(most)); };
  const int x0 = static_cast<int>(clamp(std::floor(left) - 1, source.width));
  const int y0 = static_cast<int>(clamp(std::floor(top) - 1, source.height));
  const int x1 = static_cast<int>(clamp(std::ceil(right) + 1, source.width));
  const int y1 = static_cast<int>(clamp(std::ceil(bottom) + 1, source.height));
  return {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
}

// Samples bilinearly; `map` is in corner coordinates, OpenCV's in those of pixel centres.
void sample(const Image& source, const Affine& map, Image& target) {
  const cv::Matx23d centres(map.xx, map.xy, map.x(0.5, 0.5) - 0.5, map.yx, map.yy, map.y(0.5, 0.5) - 0.5);
  cv::Mat out = view(target);
  cv::warpAffine(view(source), out, centres, out.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_CONSTANT, cv::Scalar());
}

}  // namespace

Image warp(const Image& source, const Affine& map, int width, int height) {
  width = std::clamp(width, 1, kMaxWarpSide);
  height = std::clamp(height, 1, kMaxWarpSide);
  Image target = black(width, height);
  if (!usable(map)) return target;
  const Rect part = needed(source, map, width, height);
  if (part.width == 0 || part.height == 0) return target;
  int halvings = halvings_for(map);
  if (halvings == 0) {
    sample(source, map, target);
    return target;
  }
  Image reduced = halve(source, part);
  double scale = 0.5;
  for (; --halvings > 0 && std::min(reduced.width, reduced.height) > 1; scale /= 2) {
    reduced = halve(reduced, {0, 0, reduced.width, reduced.height});
  }
  Affine inner = map;
  inner.x0 -= part.x;
  inner.y0 -= part.y;
  sample(reduced, scaled(inner, scale), target);
  return target;
}

int halvings_for(const Affine& map) {
  if (!usable(map)) return 0;
  return std::clamp(static_cast<int>(std::floor(std::log2(step_of(map)) + kEarly)), 0, 30);
}

Affine scaled(const Affine& map, double scale) {
  return {.xx = map.xx * scale, .xy = map.xy * scale, .x0 = map.x0 * scale,
          .yx = map.yx * scale, .yy = map.yy * scale, .y0 = map.y0 * scale};
}

}  // namespace eyrie::image
