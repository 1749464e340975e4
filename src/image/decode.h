// Bounded decoding of JPEG, PNG and WebP out of memory.
//
//   EYRIE_TRY(const Decoded picture, decode(bytes, {.target_side = 1024}));
//
// The format is told by the content, never by a name. Header dimensions are checked against Limits before
// anything that depends on them is allocated; a damaged tail is refused where nothing useful was decoded and
// shown (the rest grey or black) where the codec recovers, as browsers do.
//
// Errors: kUnsupported - not one of the three formats (or a variant of one that we do not decode);
//         kTooLarge    - more bytes, pixels, length of side or working memory than Limits allow;
//         kInvalidArgument - one of the formats, but damaged;
//         kUnavailable - the system has no memory left for the result.
// Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "image/exif.h"
#include "image/image.h"

namespace eyrie::image {

enum class Format { kJpeg, kPng, kWebp };
std::string_view format_name(Format format);   // "JPEG"
std::string_view content_type(Format format);  // "image/jpeg"

struct Limits {
  std::size_t max_bytes = 50U << 20;
  std::uint32_t max_side = 30'000;         // pixels, either side
  std::uint64_t max_pixels = 200'000'000;  // as stored; decoding at a smaller scale does not lift it
  // What a codec may hold besides the result. Progressive JPEG (85 megapixels at 4:2:0) and WebP that is
  // lossless or has alpha (67 megapixels) must be held whole whatever the scale; the other kinds are decoded
  // row by row.
  std::size_t max_working_bytes = 256U << 20;
};

struct Header {
  Format format = Format::kJpeg;
  std::uint32_t width = 0;  // upright: after EXIF orientation
  std::uint32_t height = 0;
  int orientation = 1;  // EXIF 1..8; 1 where absent or not JPEG
};

struct DecodeOptions {
  // The smaller the faster: the decoder may return a picture scaled down by a whole factor so long as its
  // longer side stays at least this many pixels. 0 decodes in full.
  std::uint32_t target_side = 0;
  // What is transparent is laid on white before anything is scaled, for eyes; else alpha is dropped (image.h).
  bool on_white = false;
  Limits limits;
};

struct Decoded {
  Header header;  // true size, whatever the scale of `image`
  Exif exif;
  Image image;
};

// What the header says, without decoding pixels.
Result<Header> read_header(ByteView bytes, const Limits& limits = {});
Result<Decoded> decode(ByteView bytes, const DecodeOptions& options = {});

}  // namespace eyrie::image
