// What the three codecs share. Internal to image/: callers use decode.h.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "image/decode.h"
#include "image/image.h"

namespace eyrie::image {

// kTooLarge where a header's dimensions are over the limits, kInvalidArgument where a side is zero. Called
// before any allocation that depends on them.
Status check_dimensions(std::uint64_t width, std::uint64_t height, const Limits& limits);

// The largest whole divisor of 1, 2, 4, 8 by which a picture may shrink with its longer side still at least
// target_side (0: 1).
unsigned shrink_factor(std::uint32_t width, std::uint32_t height, std::uint32_t target_side);

// One codec: dimensions as stored, and pixels as stored (not turned).
struct Size {
  std::uint32_t width = 0, height = 0;
};

bool is_jpeg(ByteView bytes);
Result<Size> jpeg_size(ByteView bytes, const Limits& limits);
Result<Image> decode_jpeg(ByteView bytes, std::uint32_t target_side, const Limits& limits);

bool is_png(ByteView bytes);
Result<Size> png_size(ByteView bytes, const Limits& limits);
Result<Image> decode_png(ByteView bytes, std::uint32_t target_side, const Limits& limits, bool on_white = false);
// The raw TIFF data of an eXIf chunk, empty where there is none.
Bytes png_exif(ByteView bytes);

bool is_webp(ByteView bytes);
Result<Size> webp_size(ByteView bytes, const Limits& limits);
Result<Image> decode_webp(ByteView bytes, std::uint32_t target_side, const Limits& limits, bool on_white = false);
Bytes webp_exif(ByteView bytes);

// Turns pixels as EXIF orientation 1..8 says.
Image upright(Image image, int orientation);

// Averages whole blocks of factor x factor pixels while rows come in, so that a picture far larger than its
// result never stands whole in memory. The last column and row of blocks may be partial.
class RowShrinker {
 public:
  RowShrinker(std::uint32_t width, std::uint32_t height, unsigned factor);
  void add_row(const std::uint8_t* rgb);
  Image take();

 private:
  void flush();
  const std::uint32_t width_;
  const unsigned factor_;
  std::uint32_t rows_in_block_ = 0;
  int next_row_ = 0;
  std::vector<std::uint32_t> sums_;
  Image image_;
};

}  // namespace eyrie::image
