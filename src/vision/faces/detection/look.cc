#include "vision/faces/detection/look.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eyrie::vision {
namespace {

// The starts of the fewest pieces of `length` that cover `total` and share a quarter or more with their
// neighbours; one that is longer than the total lies in its middle.
std::vector<double> starts(double total, double length) {
  constexpr double kStep = 0.75;
  if (length >= total) return {(total - length) / 2};
  const int count = static_cast<int>(std::ceil((total - length) / (length * kStep) - 1e-9)) + 1;
  std::vector<double> all;
  for (int i = 0; i < count; ++i) all.push_back((total - length) * i / (count - 1));
  return all;
}

}  // namespace

Point Look::to_picture(Point ratio) const {
  const double turn = angle * std::numbers::pi / 180;
  const double x = (ratio.x - 0.5) * width;
  const double y = (ratio.y - 0.5) * height;
  return {.x = centre.x + x * std::cos(turn) - y * std::sin(turn),
          .y = centre.y + x * std::sin(turn) + y * std::cos(turn)};
}

image::Image Look::take(const image::Pyramid& pyramid, int pixels_across, int pixels_down) const {
  const double turn = angle * std::numbers::pi / 180;
  const double across = width / pixels_across;
  const double down = height / pixels_down;
  const Point corner = to_picture({0, 0});
  return pyramid.warp({.xx = across * std::cos(turn),
                      .xy = -down * std::sin(turn),
                      .x0 = corner.x,
                      .yx = across * std::sin(turn),
                      .yy = down * std::cos(turn),
                      .y0 = corner.y},
                     pixels_across, pixels_down);
}

std::vector<Look> tile(int picture_width, int picture_height, int across, double proportion) {
  const double width = std::max<double>(picture_width, picture_height * proportion) / across;
  const double height = width / proportion;
  std::vector<Look> looks;
  for (const double top : starts(picture_height, height)) {
    for (const double left : starts(picture_width, width)) {
      looks.push_back({.centre = {left + width / 2, top + height / 2}, .width = width, .height = height});
    }
  }
  return looks;
}

}  // namespace eyrie::vision
