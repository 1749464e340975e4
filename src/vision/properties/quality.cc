#include "vision/properties/quality.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace eyrie::vision {
namespace {

// The blur is a mean of nine: it turns the difference of two neighbours into a ninth of the difference of the
// pixels five before and four after.
constexpr int kBefore = 5;
constexpr int kAfter = 4;
constexpr int kWidth = kBefore + kAfter;
constexpr int kRounding = 1;  // grey levels

std::vector<std::uint8_t> luma_of(const image::Image& picture) {
  std::vector<std::uint8_t> luma(picture.rgb.size() / 3);
  for (std::size_t i = 0; i < luma.size(); ++i) {
    const std::uint8_t* rgb = picture.rgb.data() + i * 3;
    luma[i] = static_cast<std::uint8_t>((77U * rgb[0] + 150U * rgb[1] + 29U * rgb[2] + 128U) >> 8);
  }
  return luma;
}

// Pixels and those around them, in one direction.
struct Rows {
  const std::uint8_t* at;
  const std::uint8_t* previous;
  const std::uint8_t* ahead;
  const std::uint8_t* behind;
};

void add_differences(const Rows& row, const std::uint8_t* mask, int count, QualitySums::Differences& all,
                     QualitySums::Differences& foreground) {
  // 32 bits hold rows of a million pixels, and let the loop run on vectors.
  std::uint32_t sum = 0, lost = 0, masked_sum = 0, masked_lost = 0;
  for (int i = 0; i < count; ++i) {
    const int step = std::max(0, std::abs(row.at[i] - row.previous[i]) - kRounding) * kWidth;
    const int left = std::max(0, step - std::abs(row.ahead[i] - row.behind[i]));
    const int chosen = mask[i] == 0 ? 0 : -1;
    sum += static_cast<std::uint32_t>(step);
    lost += static_cast<std::uint32_t>(left);
    masked_sum += static_cast<std::uint32_t>(step & chosen);
    masked_lost += static_cast<std::uint32_t>(left & chosen);
  }
  all.all += sum;
  all.lost += lost;
  foreground.all += masked_sum;
  foreground.lost += masked_lost;
}

void add_levels(const std::uint8_t* luma, const std::uint8_t* mask, int count, QualitySums& all,
                QualitySums& foreground) {
  std::uint32_t sum = 0, squares = 0, pixels = 0, masked_sum = 0, masked_squares = 0;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t level = luma[i];
    const std::uint32_t chosen = mask[i] == 0 ? 0 : 0xFFFFFFFF;
    sum += level;
    squares += level * level;
    pixels += chosen & 1;
    masked_sum += level & chosen;
    masked_squares += level * level & chosen;
  }
  all.pixels += static_cast<std::uint64_t>(count);
  all.luma += sum;
  all.luma_squared += squares;
  foreground.pixels += pixels;
  foreground.luma += masked_sum;
  foreground.luma_squared += masked_squares;
}

QualitySums::Differences minus(const QualitySums::Differences& all, const QualitySums::Differences& part) {
  return {.all = all.all - part.all, .lost = all.lost - part.lost};
}

}  // namespace

QualitySums& QualitySums::operator+=(const QualitySums& other) {
  pixels += other.pixels;
  luma += other.luma;
  luma_squared += other.luma_squared;
  across.all += other.across.all;
  across.lost += other.across.lost;
  down.all += other.down.all;
  down.lost += other.down.lost;
  return *this;
}

Quality QualitySums::quality() const {
  if (pixels == 0) return {};
  const auto count = static_cast<double>(pixels);
  const double mean = static_cast<double>(luma) / count / 255;
  // Whole numbers, so that one level throughout has exactly none; they hold 16 million pixels.
  const double deviation = std::sqrt(static_cast<double>(pixels * luma_squared - luma * luma)) / count / 255;
  double kept = 1;
  for (const Differences* direction : {&across, &down}) {
    if (direction->all == 0) continue;
    kept = std::min(kept, static_cast<double>(direction->lost) / static_cast<double>(direction->all));
  }
  if (across.all == 0 && down.all == 0) kept = 0;
  return {.brightness = 100 * std::sqrt(mean),
          .sharpness = 100 * kept,
          .contrast = 100 * std::sqrt(std::min(1.0, deviation / 0.5))};
}

std::array<QualitySums, 2> sum_quality(const image::Image& picture, std::span<const std::uint8_t> mask) {
  const std::vector<std::uint8_t> luma = luma_of(picture);
  const int width = picture.width;
  QualitySums all, foreground;
  std::vector<std::uint8_t> padded(static_cast<std::size_t>(width) + kWidth);
  const auto row_at = [&](int y) {
    return luma.data() +
           static_cast<std::size_t>(std::clamp(y, 0, picture.height - 1)) * static_cast<std::size_t>(width);
  };
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* row = row_at(y);
    const std::uint8_t* chosen = mask.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    std::fill_n(padded.begin(), kBefore, row[0]);
    std::copy_n(row, width, padded.begin() + kBefore);
    std::fill_n(padded.begin() + kBefore + width, kAfter, row[width - 1]);
    const std::uint8_t* at = padded.data() + kBefore;
    add_levels(row, chosen, width, all, foreground);
    add_differences({at, at - 1, at + kAfter, at - kBefore}, chosen, width, all.across, foreground.across);
    add_differences({row, row_at(y - 1), row_at(y + kAfter), row_at(y - kBefore)}, chosen, width, all.down,
                    foreground.down);
  }
  QualitySums background{.pixels = all.pixels - foreground.pixels,
                         .luma = all.luma - foreground.luma,
                         .luma_squared = all.luma_squared - foreground.luma_squared,
                         .across = minus(all.across, foreground.across),
                         .down = minus(all.down, foreground.down)};
  return {background, foreground};
}

}  // namespace eyrie::vision
