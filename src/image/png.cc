// PNG (W3C PNG 3rd edition) by libspng, row by row.
#include <spng.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/free.h"
#include "image/codec.h"

namespace eyrie::image {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
// Text, colour profiles and the like: none needs more, and libspng would inflate them.
constexpr std::size_t kMaxChunkBytes = 8U << 20;
constexpr std::size_t kMaxChunkCache = 16U << 20;

using Context = std::unique_ptr<spng_ctx, Free<spng_ctx_free>>;

std::unexpected<Error> damaged(int code) {
  return fail(Code::kInvalidArgument, std::string("damaged PNG: ") + spng_strerror(code));
}

// libspng takes a chunk whole or not at all, and many encoders write all pixels in one. Where the file breaks
// off inside an IDAT chunk, this gives the file with that chunk ended there, so that the rows it has come
// out; else nothing.
Bytes close_cut_chunk(ByteView png) {
  static constexpr std::array<std::uint8_t, 12> kEnd = {0,   0,   0,    0,    'I',  'E',
                                                        'N', 'D', 0xAE, 0x42, 0x60, 0x82};
  std::size_t at = kSignature.size();
  while (at + 8 <= png.size()) {
    const std::size_t length = static_cast<std::size_t>(png[at]) << 24 |
                               static_cast<std::size_t>(png[at + 1]) << 16 |
                               static_cast<std::size_t>(png[at + 2]) << 8 | png[at + 3];
    const std::size_t there = png.size() - at - 8;
    if (length + 4 <= there) {
      at += length + 12;
      continue;
    }
    if (as_text(png.subspan(at + 4, 4)) != "IDAT") return {};
    const std::size_t kept = std::min(length, there);
    Bytes closed(png.begin(), png.begin() + static_cast<std::ptrdiff_t>(at + 8 + kept));
    for (std::size_t i = 0; i < 4; ++i) closed[at + i] = static_cast<std::uint8_t>(kept >> (24 - 8 * i));
    closed.insert(closed.end(), 4, 0);  // a checksum that is not looked at
    closed.insert(closed.end(), kEnd.begin(), kEnd.end());
    return closed;
  }
  return {};
}

Result<Context> open_png(ByteView bytes, const Limits& limits, spng_ihdr& header) {
  Context context(spng_ctx_new(0));
  if (!context) return fail(Code::kInternal, "out of memory");
  spng_ctx* png = context.get();
  // Our own check comes right after the header; libspng's stands behind it.
  spng_set_image_limits(png, limits.max_side, limits.max_side);
  spng_set_chunk_limits(png, kMaxChunkBytes, kMaxChunkCache);
  // Checksums that do not match are common in the wild and say nothing about the pixels; browsers show such
  // files.
  spng_set_crc_action(png, SPNG_CRC_USE, SPNG_CRC_USE);
  if (const int code = spng_set_png_buffer(png, bytes.data(), bytes.size()); code != 0) return damaged(code);
  if (const int code = spng_get_ihdr(png, &header); code != 0) {
    if (code == SPNG_EWIDTH || code == SPNG_EHEIGHT || code == SPNG_EUSER_WIDTH ||
        code == SPNG_EUSER_HEIGHT) {
      return fail(Code::kTooLarge,
                  "image has a side of more than " + std::to_string(limits.max_side) + " pixels");
    }
    return damaged(code);
  }
  EYRIE_CHECK_OK(check_dimensions(header.width, header.height, limits));
  return context;
}

// Adam7 pixels come out of order, pass by pass, each over the whole picture. Sums a block are gathered as
// they come: at most 64 pixels of at most 255 fit in 16 bits.
class Adam7Shrinker {
 public:
  Adam7Shrinker(std::uint32_t width, std::uint32_t height, unsigned factor)
      : width_(width),
        factor_(factor),
        columns_((width + factor - 1) / factor),
        rows_((height + factor - 1) / factor),
        sums_(columns_ * rows_ * 3),
        counts_(columns_ * rows_) {}

  // row: as wide as the picture; only the pixels of this pass are set.
  void add(const spng_row_info& where, const std::uint8_t* row) {
    static constexpr std::array<std::uint32_t, 7> kFirst = {0, 4, 0, 2, 0, 1, 0};
    static constexpr std::array<std::uint32_t, 7> kStep = {8, 8, 4, 4, 2, 2, 1};
    const std::size_t block_row = where.row_num / factor_ * columns_;
    for (std::uint32_t x = kFirst[where.pass]; x < width_; x += kStep[where.pass]) {
      const std::size_t block = block_row + x / factor_;
      for (std::size_t c = 0; c < 3; ++c) sums_[block * 3 + c] += row[static_cast<std::size_t>(x) * 3 + c];
      ++counts_[block];
    }
  }

  Image take() const {
    Image image{
        .width = static_cast<int>(columns_), .height = static_cast<int>(rows_), .rgb = Bytes(sums_.size())};
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const unsigned count = std::max<unsigned>(counts_[i / 3], 1);
      image.rgb[i] = static_cast<std::uint8_t>((sums_[i] + count / 2) / count);
    }
    return image;
  }

 private:
  const std::uint32_t width_;
  const unsigned factor_;
  const std::size_t columns_, rows_;
  std::vector<std::uint16_t> sums_;
  Bytes counts_;
};

bool has_alpha(spng_ctx* png, const spng_ihdr& header) {
  spng_trns unused{};
  return header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA || header.color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA ||
         spng_get_trns(png, &unused) == 0;
}

// RGBA, where only some pixels may be set, to RGB.
void lay_on_white(const Bytes& rgba, Bytes& rgb) {
  for (std::size_t i = 0; i < rgba.size() / 4; ++i) {
    const unsigned alpha = rgba[i * 4 + 3];
    for (std::size_t c = 0; c < 3; ++c)
      rgb[i * 3 + c] = static_cast<std::uint8_t>((rgba[i * 4 + c] * alpha + 255 * (255 - alpha) + 127) / 255);
  }
}

Result<Image> decode_interlaced(spng_ctx* png, const spng_ihdr& header, unsigned factor, bool alpha) {
  const std::size_t stride = static_cast<std::size_t>(header.width) * 3;
  // Rows that are laid on white go through the shrinker too, by a factor of one: the passes' pixels lie apart.
  const bool shrinks = factor > 1 || alpha;
  Bytes rgba(alpha ? static_cast<std::size_t>(header.width) * 4 : 0);
  Image image;
  Bytes row(shrinks ? stride : 0);
  Adam7Shrinker shrinker(shrinks ? header.width : 0, shrinks ? header.height : 0, factor);
  if (!shrinks) {
    image = {static_cast<int>(header.width), static_cast<int>(header.height), Bytes(stride * header.height)};
  }
  int code = 0;
  bool any = false;
  do {
    spng_row_info where{};
    if ((code = spng_get_row_info(png, &where)) != 0) break;
    std::uint8_t* out = shrinks ? row.data() : image.row(static_cast<int>(where.row_num));
    code = alpha ? spng_decode_row(png, rgba.data(), rgba.size()) : spng_decode_row(png, out, stride);
    if (code != 0 && code != SPNG_EOI) break;
    any = true;
    if (alpha) lay_on_white(rgba, row);
    if (shrinks) shrinker.add(where, out);
  } while (code == 0);
  if (!any) return damaged(code);
  return shrinks ? shrinker.take() : std::move(image);
}

Result<Image> decode_rows(spng_ctx* png, const spng_ihdr& header, unsigned factor, bool alpha) {
  const std::size_t stride = static_cast<std::size_t>(header.width) * 3;
  Bytes row(stride), rgba(alpha ? static_cast<std::size_t>(header.width) * 4 : 0);
  RowShrinker shrinker(header.width, header.height, factor);
  std::uint32_t rows = 0;
  int code = 0;
  while (rows < header.height && code == 0) {
    code = alpha ? spng_decode_row(png, rgba.data(), rgba.size()) : spng_decode_row(png, row.data(), stride);
    if (code != 0 && code != SPNG_EOI) break;
    if (alpha) lay_on_white(rgba, row);
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

Result<Image> decode_png(ByteView bytes, std::uint32_t target_side, const Limits& limits, bool on_white) {
  spng_ihdr header{};
  const Bytes closed = close_cut_chunk(bytes);
  EYRIE_TRY(const Context context, open_png(closed.empty() ? bytes : closed, limits, header));
  // RGB8 from every kind: palette, grey, 16 bits; alpha dropped, unless it is to be seen.
  const bool alpha = on_white && has_alpha(context.get(), header);
  const int format = alpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8;
  const int flags = SPNG_DECODE_PROGRESSIVE | (alpha ? SPNG_DECODE_TRNS : 0);
  if (const int code = spng_decode_image(context.get(), nullptr, 0, format, flags); code != 0) {
    return damaged(code);
  }
  const unsigned factor = shrink_factor(header.width, header.height, target_side);
  const bool interlaced = header.interlace_method != 0;
  return interlaced ? decode_interlaced(context.get(), header, factor, alpha)
                    : decode_rows(context.get(), header, factor, alpha);
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
