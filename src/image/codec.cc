#include "image/codec.h"

#include <algorithm>

namespace eyrie::image {

Status check_dimensions(std::uint64_t width, std::uint64_t height, const Limits& limits) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width == 0 || height == 0) return fail(Code::kInvalidArgument, "image is " + size + " pixels");
  if (width > limits.max_side || height > limits.max_side) {
    return fail(Code::kTooLarge,
                "image is " + size + " pixels; a side may have at most " + std::to_string(limits.max_side));
  }
  if (width * height > limits.max_pixels) {
    return fail(Code::kTooLarge, "image is " + size + " pixels; at most " +
                                     std::to_string(limits.max_pixels / 1'000'000) +
                                     " megapixels are decoded");
  }
  return {};
}

unsigned shrink_factor(std::uint32_t width, std::uint32_t height, std::uint32_t target_side) {
  if (target_side == 0) return 1;
  const std::uint32_t longer = std::max(width, height);
  unsigned factor = 1;
  while (factor < 8 && longer / (factor * 2) >= target_side) factor *= 2;
  return factor;
}

RowShrinker::RowShrinker(std::uint32_t width, std::uint32_t height, unsigned factor)
    : width_(width), factor_(factor) {
  image_.width = static_cast<int>((width + factor - 1) / factor);
  image_.height = static_cast<int>((height + factor - 1) / factor);
  image_.rgb.resize(static_cast<std::size_t>(image_.width) * static_cast<std::size_t>(image_.height) * 3);
  if (factor > 1) sums_.resize(static_cast<std::size_t>(image_.width) * 3);
}

void RowShrinker::add_row(const std::uint8_t* rgb) {
  if (next_row_ >= image_.height) return;
  if (factor_ == 1) {
    std::copy_n(rgb, static_cast<std::size_t>(width_) * 3, image_.row(next_row_++));
    return;
  }
  std::uint32_t* sum = sums_.data();
  for (std::uint32_t x = 0; x < width_;) {
    const std::uint32_t end = std::min(width_, x + factor_);
    for (; x < end; ++x, rgb += 3) {
      sum[0] += rgb[0];
      sum[1] += rgb[1];
      sum[2] += rgb[2];
    }
    sum += 3;
  }
  if (++rows_in_block_ == factor_) flush();
}

void RowShrinker::flush() {
  std::uint8_t* out = image_.row(next_row_++);
  for (int x = 0; x < image_.width; ++x) {
    const std::uint32_t columns = std::min(factor_, width_ - static_cast<std::uint32_t>(x) * factor_);
    const std::uint32_t count = columns * rows_in_block_;
    for (int c = 0; c < 3; ++c) {
      std::uint32_t& sum = sums_[static_cast<std::size_t>(x) * 3 + static_cast<std::size_t>(c)];
      *out++ = static_cast<std::uint8_t>((sum + count / 2) / count);
      sum = 0;
    }
  }
  rows_in_block_ = 0;
}

Image RowShrinker::take() {
  if (rows_in_block_ > 0 && next_row_ < image_.height) flush();
  return std::move(image_);
}

Image upright(Image image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  const bool swapped = orientation >= 5;
  Image turned;
  turned.width = swapped ? image.height : image.width;
  turned.height = swapped ? image.width : image.height;
  turned.rgb.resize(image.rgb.size());
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(image.width) * 3;
  const std::ptrdiff_t across = from_right ? -3 : 3;           // one stored column on
  const std::ptrdiff_t down = from_bottom ? -stride : stride;  // one stored row on
  const std::ptrdiff_t step = swapped ? down : across;
  const std::ptrdiff_t next_row = swapped ? across : down;
  const std::uint8_t* corner =
      image.row(from_bottom ? image.height - 1 : 0) + (from_right ? stride - 3 : std::ptrdiff_t{0});
  for (int y = 0; y < turned.height; ++y) {
    std::uint8_t* out = turned.row(y);
    const std::uint8_t* in = corner + y * next_row;
    for (int x = 0; x < turned.width; ++x, out += 3, in += step) {
      out[0] = in[0];
      out[1] = in[1];
      out[2] = in[2];
    }
  }
  return turned;
}

}  // namespace eyrie::image
