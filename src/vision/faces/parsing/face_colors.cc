#include "vision/faces/parsing/face_colors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace eyrie::vision {
namespace {

constexpr int kCells = 56;
constexpr double kColorsMargin = 1.3;
constexpr double kColorsUp = 0.05;

double linear(std::uint8_t value) {
  return std::pow(value / 255.0, 2.2);
}

Lab lab_of(const std::uint8_t* rgb) {
  const double r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
  const auto f = [](double t) { return std::cbrt(std::max(t, 1e-4)); };
  const double x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const double y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const double z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

double Lab::chroma() const {
  return std::hypot(a, b);
}

FaceColors::FaceColors(const image::Image& picture, const UprightFace& face)
    : grid_(face, face.square(kColorsMargin, kColorsUp), kCells),
      cells_(image::warp(picture, grid_.square().to_picture(kCells), kCells, kCells)) {}

Lab FaceColors::median(std::span<const Spot> spots) const {
  std::array<std::vector<double>, 3> values;
  for (const std::size_t cell : grid_.in(spots)) {
    const Lab lab = lab_of(&cells_.rgb[cell * 3]);
    values[0].push_back(lab.l);
    values[1].push_back(lab.a);
    values[2].push_back(lab.b);
  }
  if (values[0].empty()) return {};
  return {median_of(values[0]), median_of(values[1]), median_of(values[2])};
}

double FaceColors::mean_luma(std::span<const Spot> spots) const {
  double sum = 0;
  const std::vector<std::size_t> cells = grid_.in(spots);
  for (const std::size_t cell : cells) {
    const std::uint8_t* rgb = &cells_.rgb[cell * 3];
    sum += 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
  }
  return cells.empty() ? 0 : sum / static_cast<double>(cells.size());
}

}  // namespace eyrie::vision
