// For tests of vision/properties: pictures with known answers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "image/image.h"

namespace eyrie::vision::testing {

// `paint(x, y, rgb)` writes the three channels of each pixel.
template <typename F>
image::Image painted(int width, int height, F paint) {
  image::Image picture{.width = width, .height = height, .rgb = {}};
  picture.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) paint(x, y, picture.row(y) + static_cast<std::size_t>(x) * 3);
  }
  return picture;
}

inline void set(std::uint8_t* rgb, int red, int green, int blue) {
  rgb[0] = static_cast<std::uint8_t>(red);
  rgb[1] = static_cast<std::uint8_t>(green);
  rgb[2] = static_cast<std::uint8_t>(blue);
}

inline image::Image plain(int width, int height, int red, int green, int blue) {
  return painted(width, height, [&](int, int, std::uint8_t* rgb) { set(rgb, red, green, blue); });
}

// Grey discs of many sizes and shades: edges in every direction.
inline image::Image discs(int width, int height) {
  image::Image picture = plain(width, height, 90, 90, 90);
  std::uint32_t random = 7;
  const auto next = [&random](int below) {
    random = random * 1664525 + 1013904223;
    return static_cast<int>(random >> 8) % below;
  };
  for (int i = 0; i < 60; ++i) {
    const int centre_x = next(width), centre_y = next(height), radius = 5 + next(60), shade = next(256);
    for (int y = std::max(0, centre_y - radius); y < std::min(height, centre_y + radius); ++y) {
      for (int x = std::max(0, centre_x - radius); x < std::min(width, centre_x + radius); ++x) {
        const int across = x - centre_x, down = y - centre_y;
        if (across * across + down * down < radius * radius) set(picture.row(y) + x * 3, shade, shade, shade);
      }
    }
  }
  return picture;
}

// Each pixel the mean of those within `reach` of it in both directions.
inline image::Image blurred(const image::Image& source, int reach) {
  return painted(source.width, source.height, [&](int x, int y, std::uint8_t* rgb) {
    int sums[3] = {0, 0, 0}, count = 0;
    for (int v = std::max(0, y - reach); v <= std::min(source.height - 1, y + reach); ++v) {
      for (int u = std::max(0, x - reach); u <= std::min(source.width - 1, x + reach); ++u, ++count) {
        for (int c = 0; c < 3; ++c) sums[c] += source.row(v)[u * 3 + c];
      }
    }
    const auto mean = [&](int c) {
      return static_cast<int>(std::lround(static_cast<double>(sums[c]) / count));
    };
    set(rgb, mean(0), mean(1), mean(2));
  });
}

}  // namespace eyrie::vision::testing
