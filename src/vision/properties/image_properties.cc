#include "vision/properties/image_properties.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "image/resize.h"
#include "vision/properties/colors.h"
#include "vision/properties/quality.h"

namespace eyrie::vision {
namespace {

constexpr int kSide = 1024;             // pixels
constexpr double kLeastRegion = 0.005;  // of the picture
// So many pixels tell the colours of a region as well as all of them.
constexpr int kColorSamples = 1 << 16;
constexpr int kPartSamples = 1 << 12;

image::Image reduced(const image::Image& picture) {
  const int longer = std::max(picture.width, picture.height);
  if (longer <= kSide) return picture;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * kSide / longer)));
  };
  return image::resize(picture, scaled(picture.width), scaled(picture.height));
}

// The pixels inside a box, which may reach beyond the picture.
image::Rect pixels_of(const BoundingBox& box, int width, int height) {
  const auto at = [](double ratio, int side) {
    return static_cast<int>(std::lround(std::clamp(ratio, 0.0, 1.0) * side));
  };
  const int left = at(box.left, width);
  const int top = at(box.top, height);
  return {left, top, std::max(0, at(box.left + box.width, width) - left),
          std::max(0, at(box.top + box.height, height) - top)};
}

std::vector<std::uint8_t> mask_of(const image::Image& picture, std::span<const BoundingBox> objects) {
  std::vector<std::uint8_t> mask(picture.rgb.size() / 3);
  for (const BoundingBox& box : objects) {
    const image::Rect inside = pixels_of(box, picture.width, picture.height);
    for (int y = inside.y; y < inside.y + inside.height; ++y) {
      std::memset(
          mask.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + inside.x, 255,
          static_cast<std::size_t>(inside.width));
    }
  }
  return mask;
}

// In both directions, so that about `samples` pixels are looked at.
int stride_for(const image::Rect& part, int samples) {
  const double pixels = static_cast<double>(part.width) * part.height;
  return std::max(1, static_cast<int>(std::ceil(std::sqrt(pixels / samples))));
}

// Of the background, then the foreground.
std::array<ColorHistogram, 2> histograms_of(const image::Image& picture, std::span<const std::uint8_t> mask) {
  std::array<ColorHistogram, 2> histograms;
  const int stride = stride_for({0, 0, picture.width, picture.height}, kColorSamples);
  for (int y = 0; y < picture.height; y += stride) {
    const std::uint8_t* row = picture.row(y);
    const std::uint8_t* chosen =
        mask.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width);
    for (int x = 0; x < picture.width; x += stride)
      histograms[chosen[x] & 1].add(row + static_cast<std::size_t>(x) * 3);
  }
  return histograms;
}

RegionProperties region(const QualitySums& sums, const ColorHistogram& histogram, std::size_t max_colors) {
  const Quality quality = sums.quality();
  return {.brightness = quality.brightness,
          .sharpness = quality.sharpness,
          .contrast = quality.contrast,
          .colors = dominant_colors(histogram, max_colors)};
}

}  // namespace

ImageProperties measure_properties(const image::Image& picture, std::span<const BoundingBox> objects,
                                   const PropertiesRequest& request) {
  if (picture.width <= 0 || picture.height <= 0) return {};
  const image::Image small = reduced(picture);
  const std::vector<std::uint8_t> mask = mask_of(small, objects);
  const std::array<QualitySums, 2> sums = sum_quality(small, mask);
  std::array<ColorHistogram, 2> histograms = histograms_of(small, mask);

  ImageProperties properties;
  const auto pixels = static_cast<double>(sums[0].pixels + sums[1].pixels);
  const double share = static_cast<double>(sums[1].pixels) / pixels;
  if (share >= kLeastRegion && share <= 1 - kLeastRegion) {
    properties.background = region(sums[0], histograms[0], request.max_colors);
    properties.foreground = region(sums[1], histograms[1], request.max_colors);
  }
  QualitySums all = sums[0];
  all += sums[1];
  histograms[0].add(histograms[1]);
  properties.whole = region(all, histograms[0], request.max_colors);
  return properties;
}

std::vector<DominantColor> colors_of_part(const image::Image& picture, const BoundingBox& part,
                                          std::size_t max_colors) {
  const image::Rect inside = pixels_of(part, picture.width, picture.height);
  ColorHistogram histogram;
  const int stride = stride_for(inside, kPartSamples);
  for (int y = inside.y; y < inside.y + inside.height; y += stride) {
    for (int x = inside.x; x < inside.x + inside.width; x += stride)
      histogram.add(picture.row(y) + static_cast<std::size_t>(x) * 3);
  }
  return dominant_colors(histogram, max_colors);
}

}  // namespace eyrie::vision
