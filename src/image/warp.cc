#include "image/warp.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image/resize.h"

namespace eyrie::image {
namespace {

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

cv::Mat view(const Image& image) {
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data())};
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
  const double area = std::abs(map.xx * map.yy - map.xy * map.yx);
  const bool finite = std::isfinite(area + map.x0 + map.y0);
  const Rect part = finite && area > 0 ? needed(source, map, width, height) : Rect{};
  Image target = black(width, height);
  if (part.width == 0 || part.height == 0) return target;

  // Where it shrinks to less than half, by area first: sampling alone would leave pixels out.
  const double shrink = std::max(1.0, std::floor(std::sqrt(area)));
  const int small_width = std::max(1, static_cast<int>(std::lround(part.width / shrink)));
  const int small_height = std::max(1, static_cast<int>(std::lround(part.height / shrink)));
  const Image reduced = crop_resize(source, part, small_width, small_height);
  const double kx = static_cast<double>(small_width) / part.width;
  const double ky = static_cast<double>(small_height) / part.height;
  Affine inner{map.xx * kx, map.xy * kx, (map.x0 - part.x) * kx, map.yx * ky, map.yy * ky, (map.y0 - part.y) * ky};
  if (area < 1.2 * 1.2 * shrink * shrink) {
    sample(reduced, inner, target);
    return target;
  }
  // The rest, less than twofold, by sampling twice as fine and averaging.
  inner.xx /= 2, inner.xy /= 2, inner.yx /= 2, inner.yy /= 2;
  Image fine = black(width * 2, height * 2);
  sample(reduced, inner, fine);
  return resize(fine, width, height);
}

}  // namespace eyrie::image
