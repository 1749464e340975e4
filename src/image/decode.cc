#include "image/decode.h"

#include <new>

#include "image/codec.h"

namespace eyrie::image {
namespace {

Result<Format> sniff(ByteView bytes, const Limits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return fail(Code::kTooLarge, "image has " + std::to_string(bytes.size()) + " bytes; at most " +
                                     std::to_string(limits.max_bytes) + " are decoded");
  }
  if (is_jpeg(bytes)) return Format::kJpeg;
  if (is_png(bytes)) return Format::kPng;
  if (is_webp(bytes)) return Format::kWebp;
  return fail(Code::kUnsupported, "not a JPEG, PNG or WebP image");
}

// Only JPEG's orientation turns pictures: that is what Rekognition does, and what browsers do alike.
Exif exif_of(ByteView bytes, Format format) {
  if (format == Format::kJpeg) return read_exif(bytes);
  Exif exif = read_exif(format == Format::kPng ? png_exif(bytes) : webp_exif(bytes), true);
  exif.orientation = 1;
  return exif;
}

Result<Header> header_of(ByteView bytes, Format format, int orientation, const Limits& limits) {
  EYRIE_TRY(Size size, format == Format::kJpeg  ? jpeg_size(bytes, limits)
                       : format == Format::kPng ? png_size(bytes, limits)
                                                : webp_size(bytes, limits));
  if (orientation >= 5) std::swap(size.width, size.height);
  return Header{.format = format, .width = size.width, .height = size.height, .orientation = orientation};
}

}  // namespace

std::string_view format_name(Format format) {
  switch (format) {
    case Format::kJpeg:
      return "JPEG";
    case Format::kPng:
      return "PNG";
    case Format::kWebp:
      return "WebP";
  }
  return "";
}

std::string_view content_type(Format format) {
  switch (format) {
    case Format::kJpeg:
      return "image/jpeg";
    case Format::kPng:
      return "image/png";
    case Format::kWebp:
      return "image/webp";
  }
  return "";
}

Result<Header> read_header(ByteView bytes, const Limits& limits) {
  EYRIE_TRY(const Format format, sniff(bytes, limits));
  const int orientation = format == Format::kJpeg ? read_exif(bytes).orientation : 1;
  return header_of(bytes, format, orientation, limits);
}

Result<Decoded> decode(ByteView bytes, const DecodeOptions& options) try {
  EYRIE_TRY(const Format format, sniff(bytes, options.limits));
  Decoded decoded;
  decoded.exif = exif_of(bytes, format);
  EYRIE_TRY(decoded.header, header_of(bytes, format, decoded.exif.orientation, options.limits));
  EYRIE_TRY(Image stored, format == Format::kJpeg  ? decode_jpeg(bytes, options.target_side, options.limits)
                          : format == Format::kPng ? decode_png(bytes, options.target_side, options.limits, options.on_white)
                                                   : decode_webp(bytes, options.target_side, options.limits, options.on_white));
  decoded.image = upright(std::move(stored), decoded.exif.orientation);
  return decoded;
} catch (const std::bad_alloc&) {
  return fail(Code::kUnavailable, "out of memory while decoding an image");
}

}  // namespace eyrie::image
