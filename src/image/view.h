// A picture as OpenCV knows it, over the same bytes: the picture must outlive it, and who was given a const one writes not through it.
#pragma once

#include <opencv2/core.hpp>

#include "image/image.h"

namespace eyrie::image {

inline cv::Mat view(const Image& image) {
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data())};
}

}  // namespace eyrie::image
