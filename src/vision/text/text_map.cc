#include "vision/text/text_map.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

namespace eyrie::vision {
namespace {

// Pixels that touch. The ends of its rows are all that its hull needs.
struct Group {
  int top = 0;
  std::vector<int> left, right;  // by row from top; -1 where the row has none
  double sum = 0;
  std::size_t pixels = 0;
};

cv::Mat1b binarized(const TextMap& map, float threshold) {
  cv::Mat1b mask(map.height, map.width);
  for (int y = 0; y < map.height; ++y) {
    const float* values = &map.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(map.width)];
    std::uint8_t* row = mask[y];
    for (int x = 0; x < map.width; ++x) row[x] = values[x] >= threshold ? 255 : 0;  // NaN compares as false
  }
  return mask;
}

std::vector<Group> groups_of(const TextMap& map, const TextMapOptions& options) {
  cv::Mat1i labels;
  cv::Mat1i stats;
  cv::Mat1d centers;
  const int count =
      cv::connectedComponentsWithStats(binarized(map, options.pixel), labels, stats, centers, 8, CV_32S);
  std::vector<int> kept;  // 0 is the background
  for (int label = 1; label < count; ++label) {
    const int longer = std::max(stats(label, cv::CC_STAT_WIDTH), stats(label, cv::CC_STAT_HEIGHT));
    if (static_cast<float>(longer) > options.min_side) kept.push_back(label);
  }
  if (kept.size() > kMaxGroups) {
    std::ranges::nth_element(kept, kept.begin() + kMaxGroups, std::greater<>(),
                             [&](int label) { return stats(label, cv::CC_STAT_AREA); });
    kept.resize(kMaxGroups);
  }
  std::vector<Group> groups(kept.size());
  std::vector<int> group_of(static_cast<std::size_t>(count), -1);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto height = static_cast<std::size_t>(stats(kept[i], cv::CC_STAT_HEIGHT));
    groups[i].top = stats(kept[i], cv::CC_STAT_TOP);
    groups[i].left.assign(height, -1);
    groups[i].right.assign(height, -1);
    group_of[static_cast<std::size_t>(kept[i])] = static_cast<int>(i);
  }
  for (int y = 0; y < map.height; ++y) {
    const float* values = &map.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(map.width)];
    const int* row = labels[y];
    for (int x = 0; x < map.width; ++x) {
      const int index = group_of[static_cast<std::size_t>(row[x])];
      if (index < 0) continue;
      Group& group = groups[static_cast<std::size_t>(index)];
      const auto line = static_cast<std::size_t>(y - group.top);
      if (group.left[line] < 0) group.left[line] = x;
      group.right[line] = x;
      group.sum += std::min(values[x], 1.0F);
      ++group.pixels;
    }
  }
  return groups;
}

// Of the pixels' outer corners, so that a single row has a height.
cv::RotatedRect rectangle_around(const Group& group) {
  std::vector<cv::Point2f> points;
  points.reserve(group.left.size() * 4);
  for (std::size_t i = 0; i < group.left.size(); ++i) {
    const auto y = static_cast<float>(group.top + static_cast<int>(i));
    const auto left = static_cast<float>(group.left[i]);
    const auto right = static_cast<float>(group.right[i] + 1);
    points.insert(points.end(), {{left, y}, {right, y}, {left, y + 1}, {right, y + 1}});
  }
  return cv::minAreaRect(points);
}

// Corners from the end of a longer side, which is made to point right.
image::Quad corners_of(const cv::RotatedRect& rectangle, float grow) {
  double angle = rectangle.angle * CV_PI / 180;
  float width = rectangle.size.width;
  float height = rectangle.size.height;
  if (width < height) {
    std::swap(width, height);
    angle += CV_PI / 2;
  }
  // Into (-90, 90]; y grows downwards, so what points up has -90 and comes as such.
  while (angle >= CV_PI / 2 - 1e-4) angle -= CV_PI;
  while (angle < -CV_PI / 2 - 1e-4) angle += CV_PI;
  const image::PixelPoint along{static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  const image::PixelPoint across{-along.y, along.x};
  const image::PixelPoint center{rectangle.center.x, rectangle.center.y};
  const image::PixelPoint half_along = along * (width / 2 + grow);
  const image::PixelPoint half_across = across * (height / 2 + grow);
  return {center - half_along - half_across, center + half_along - half_across,
          center + half_along + half_across, center - half_along + half_across};
}

}  // namespace

Result<std::vector<TextBox>> find_boxes(const TextMap& map, const TextMapOptions& options) {
  if (map.width <= 0 || map.height <= 0 ||
      map.values.size() != static_cast<std::size_t>(map.width) * static_cast<std::size_t>(map.height)) {
    return fail(Code::kInternal, "the text detector answered " + std::to_string(map.values.size()) +
                                     " values for a map of " + std::to_string(map.width) + " x " +
                                     std::to_string(map.height));
  }
  std::vector<TextBox> boxes;
  for (const Group& group : groups_of(map, options)) {
    const auto score = static_cast<float>(group.sum / static_cast<double>(group.pixels));
    if (score < options.box) continue;
    const cv::RotatedRect rectangle = rectangle_around(group);
    const float width = rectangle.size.width;
    const float height = rectangle.size.height;
    if (std::min(width, height) < options.min_side) continue;
    const float grow = width * height * options.unclip / (2 * (width + height));
    boxes.push_back({corners_of(rectangle, grow), score});
  }
  return boxes;
}

}  // namespace eyrie::vision
