#include "image/resize.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image/view.h"

namespace eyrie::image {
namespace {

// Callers bring their own parallelism; OpenCV's pool would only fight with it.
void keep_to_one_thread() {
  static const bool once = [] {
    cv::setNumThreads(1);
    return true;
  }();
  (void)once;
}

Image scaled(const cv::Mat& source, int width, int height, int interpolation) {
  Image result;
  result.width = width;
  result.height = height;
  result.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  cv::Mat target(height, width, CV_8UC3, result.rgb.data());
  cv::resize(source, target, target.size(), 0, 0, interpolation);
  return result;
}

}  // namespace

Image resize(const Image& source, int width, int height) {
  return crop_resize(source, {0, 0, source.width, source.height}, width, height);
}

Image crop_resize(const Image& source, const Rect& part, int width, int height) {
  keep_to_one_thread();
  const cv::Mat cropped = view(source)(cv::Rect(part.x, part.y, part.width, part.height));
  const bool shrinks = width < part.width || height < part.height;
  return scaled(cropped, width, height, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
}

Image halve(const Image& source, const Rect& part) {
  const int width = std::max(1, part.width / 2);
  const int height = std::max(1, part.height / 2);
  return crop_resize(source, {part.x, part.y, std::min(part.width, width * 2), std::min(part.height, height * 2)}, width,
                     height);
}

Image resize_bilinear(const Image& source, const Rect& part, int width, int height) {
  keep_to_one_thread();
  return scaled(view(source)(cv::Rect(part.x, part.y, part.width, part.height)), width, height,
                cv::INTER_LINEAR);
}

}  // namespace eyrie::image
