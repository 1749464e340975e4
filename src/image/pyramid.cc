#include "image/pyramid.h"

#include <algorithm>

#include "image/resize.h"

namespace eyrie::image {
namespace {

// Nothing is shown smaller than networks want it.
constexpr int kLeastSide = 64;

}  // namespace

Pyramid::Pyramid(const Image& picture) : picture_(picture) {
  const Image* last = &picture_;
  smaller_.reserve(16);  // the pointer stays
  while (std::min(last->width, last->height) >= 2 * kLeastSide && smaller_.size() < smaller_.capacity()) {
    smaller_.push_back(halve(*last, {0, 0, last->width, last->height}));
    last = &smaller_.back();
  }
}

Image Pyramid::warp(const Affine& to_source, int width, int height) const {
  const auto halvings = std::min(static_cast<std::size_t>(halvings_for(to_source)), smaller_.size());
  if (halvings == 0) return image::warp(picture_, to_source, width, height);
  const double scale = 1.0 / static_cast<double>(std::size_t{1} << halvings);
  return image::warp(smaller_[halvings - 1], scaled(to_source, scale), width, height);
}

}  // namespace eyrie::image
