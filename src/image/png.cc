// PNG (W3C PNG 3rd edition) by libspng, row by row.
#include <spng.h>

#include <algorithm>
#include <array>
#include <memory>

#include "image/codec.h"

namespace eyrie::image {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
// Text, colour profiles and the like: none needs more, and libspng would inflate them.
constexpr std::size_t kMaxChunkBytes = 8U << 20;
constexpr std::size_t kMaxChunkCache = 16U << 20;

struct Free {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Context = std::unique_ptr<spng_ctx, Free>;

std::unexpected<Error> damaged(int code) {
  return fail(Code::kInvalidArgument, std::string("damaged PNG: ") + spng_strerror(code));
}

Result<Context> open_png(ByteView bytes, const Limits& limits, spng_ihdr& header) {
  Context context(spng_ctx_new(0));
  if (!context) return fail(Code::kInternal, "out of memory");
  spng_ctx* png = context.get();
  // Our own check comes right after the header; libspng's stands behind it.
  spng_set_image_limits(png, limits.max_side, limits.max_side);
  spng_set_chunk_limits(png, kMaxChunkBytes, kMaxChunkCache);
  // Checksums that do not match are common in the wild and say nothing about the pixels; browsers show such files.
  spng_set_crc_action(png, SPNG_CRC_USE, SPNG_CRC_USE);
  if (const int code = spng_set_png_buffer(png, bytes.data(), bytes.size()); code != 0) return damaged(code);
  if (const int code = spng_get_ihdr(png, &header); code != 0) {
    if (code == SPNG_EWIDTH || code == SPNG_EHEIGHT || code == SPNG_EUSER_WIDTH || code == SPNG_EUSER_HEIGHT) {
      return fail(Code::kTooLarge, "image has a side of more than " + std::to_string(limits.max_side) + " pixels");
    }
    return damaged(code);
  }
  EYRIE_CHECK_OK(check_dimensions(header.width, header.height, limits));
  return context;
}

// Adam7 rows come out of order, pass by pass, each over the whole picture.
Result<Image> decode_interlaced(spng_ctx* png, const spng_ihdr& header, unsigned factor) {
  const std::size_t stride = static_cast<std::size_t>(header.width) * 3;
  Bytes pixels(stride * header.height, 0);
  int code = 0;
  bool any = false;
  do {
    spng_row_info row{};
    if ((code = spng_get_row_info(png, &row)) != 0) break;
    code = spng_decode_row(png, pixels.data() + stride * row.row_num, stride);
    any = any || code == 0 || code == SPNG_EOI;
  } while (code == 0);
  if (!any) return damaged(code);
  RowShrinker shrinker(header.width, header.height, factor);
  for (std::uint32_t y = 0; y < header.height; ++y) shrinker.add_row(pixels.data() + stride * y);
  return shrinker.take();
}

Result<Image> decode_rows(spng_ctx* png, const spng_ihdr& header, unsigned factor) {
  const std::size_t stride = static_cast<std::size_t>(header.width) * 3;
  Bytes row(stride);
  RowShrinker shrinker(header.width, header.height, factor);
  std::uint32_t rows = 0;
  int code = 0;
  while (rows < header.height && code == 0) {
    code = spng_decode_row(png, row.data(), stride);
    if (code != 0 && code != SPNG_EOI) break;
    shrinker.add_row(row.data());
    ++rows;
  }
  if (rows == 0) return damaged(code);
  return shrinker.take();
}

}  // namespace

bool is_png(ByteView bytes) {
  return bytes.size() >= kSignature.size() && std::equal(kSignature.begin(), kSignature.end(), bytes.begin());
}

Result<Size> png_size(ByteView bytes, const Limits& limits) {
  spng_ihdr header{};
  EYRIE_TRY(const Context context, open_png(bytes, limits, header));
  return Size{header.width, header.height};
}

Result<Image> decode_png(ByteView bytes, std::uint32_t target_side, const Limits& limits) {
  spng_ihdr header{};
  EYRIE_TRY(const Context context, open_png(bytes, limits, header));
  // RGB8 from every kind: palette, grey, 16 bits; alpha dropped.
  if (const int code = spng_decode_image(context.get(), nullptr, 0, SPNG_FMT_RGB8, SPNG_DECODE_PROGRESSIVE); code != 0) {
    return damaged(code);
  }
  const unsigned factor = shrink_factor(header.width, header.height, target_side);
  const bool interlaced = header.interlace_method != 0;
  return interlaced ? decode_interlaced(context.get(), header, factor) : decode_rows(context.get(), header, factor);
}

Bytes png_exif(ByteView bytes) {
  spng_ihdr header{};
  const auto context = open_png(bytes, {}, header);
  spng_exif exif{};
  if (!context || spng_get_exif(context->get(), &exif) != 0) return {};
  const auto* data = reinterpret_cast<const std::uint8_t*>(exif.data);
  return Bytes(data, data + exif.length);
}

}  // namespace eyrie::image
