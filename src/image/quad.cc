#include "image/quad.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace eyrie::image {
namespace {

// Sampling between pixels is right up to here; beyond, it leaves pixels out.
constexpr float kMaxShrink = 1.5F;
constexpr int kMaxOversampling = 8;

// How many samples a side an output pixel needs.
int oversampling(float native, int size) {
  return std::clamp(static_cast<int>(std::ceil(native / (kMaxShrink * static_cast<float>(size)))), 1,
                    kMaxOversampling);
}

}  // namespace

float distance(PixelPoint a, PixelPoint b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

float width_of(const Quad& quad) {
  return (distance(quad[0], quad[1]) + distance(quad[3], quad[2])) / 2;
}

float height_of(const Quad& quad) {
  return (distance(quad[0], quad[3]) + distance(quad[1], quad[2])) / 2;
}

PixelPoint center_of(const Quad& quad) {
  return (quad[0] + quad[1] + quad[2] + quad[3]) * 0.25F;
}

Quad turned(const Quad& quad, int quarters) {
  Quad result;
  for (std::size_t i = 0; i < 4; ++i) result[i] = quad[(i + 8 - static_cast<std::size_t>(quarters & 3)) % 4];
  return result;
}

Quad slice(const Quad& quad, float from, float to) {
  const auto between = [](PixelPoint a, PixelPoint b, float at) { return a + (b - a) * at; };
  return {between(quad[0], quad[1], from), between(quad[0], quad[1], to), between(quad[3], quad[2], to),
          between(quad[3], quad[2], from)};
}

Quad band(const Quad& quad, float from, float to) {
  return turned(slice(turned(quad, -1), from, to), 1);
}

Image warp(const Image& source, const Quad& quad, int width, int height) {
  Image result{.width = width, .height = height, .rgb = {}};
  result.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  cv::Mat target(height, width, CV_8UC3, result.rgb.data());
  // A view: OpenCV does not write through it.
  const cv::Mat pixels(source.height, source.width, CV_8UC3, const_cast<std::uint8_t*>(source.rgb.data()));
  const int across = oversampling(width_of(quad), width);
  const int down = oversampling(height_of(quad), height);
  const auto w = static_cast<float>(width * across);
  const auto h = static_cast<float>(height * down);
  // OpenCV's coordinates are those of pixel centres.
  constexpr float kHalf = 0.5F;
  const cv::Point2f to[] = {
      {-kHalf, -kHalf}, {w - kHalf, -kHalf}, {w - kHalf, h - kHalf}, {-kHalf, h - kHalf}};
  cv::Point2f from[4];
  for (std::size_t i = 0; i < 4; ++i) from[i] = {quad[i].x - kHalf, quad[i].y - kHalf};
  const cv::Mat back = cv::getPerspectiveTransform(to, from);
  cv::Mat sampled = across * down == 1 ? target : cv::Mat(height * down, width * across, CV_8UC3);
  cv::warpPerspective(pixels, sampled, back, sampled.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                      cv::BORDER_REPLICATE);
  if (across * down != 1) cv::resize(sampled, target, target.size(), 0, 0, cv::INTER_AREA);
  return result;
}

}  // namespace eyrie::image
