// A picture with its half, its quarter and so on, each made once, for many small views of its parts: the time of a view goes with
// its own size, however large the part is that it shows.
//
// Errors: none; a map that is not finite or cannot be turned round gives a black picture. Thread safety: immutable once made.
#pragma once

#include <vector>

#include "image/image.h"
#include "image/warp.h"

namespace eyrie::image {

class Pyramid {
 public:
  // The picture must outlive it.
  explicit Pyramid(const Image& picture);

  const Image& picture() const { return picture_; }
  // What warp() makes of the picture; but for single pixels at the right and lower edge, which the smaller copies lack.
  Image warp(const Affine& to_source, int width, int height) const;

 private:
  const Image& picture_;
  std::vector<Image> smaller_;
};

}  // namespace eyrie::image
