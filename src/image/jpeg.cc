// JPEG (ITU-T T.81) by libjpeg-turbo.
#include <cstdio>
// jpeglib.h needs FILE to be known.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>

#include "image/codec.h"

namespace eyrie::image {
namespace {

// A progressive file may hold thousands of scans of a large picture in a few bytes each: hours of work.
// Cameras and encoders write about ten.
constexpr int kMaxScans = 200;
constexpr double kMaxScannedPixels = 1e9;  // over all scans: the usual ten of 85 megapixels; about a second

struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void on_error(j_common_ptr info) {
  auto* errors = reinterpret_cast<ErrorManager*>(info->err);
  info->err->format_message(info, errors->message);
  std::longjmp(errors->jump, 1);
}

// Negative levels are warnings: libjpeg goes on with what it has, as browsers do.
void on_message(j_common_ptr, int) {}

void on_progress(j_common_ptr info) {
  auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  const int scans = decoder->input_scan_number;
  const double scanned = static_cast<double>(scans) * decoder->image_width * decoder->image_height;
  // A baseline file has one scan, of whatever size the limits allow.
  if (scans > kMaxScans || (scans > 1 && scanned > kMaxScannedPixels)) {
    auto* errors = reinterpret_cast<ErrorManager*>(info->err);
    std::snprintf(errors->message, sizeof errors->message, "%d scans or more", scans);
    std::longjmp(errors->jump, 1);
  }
}

// libjpeg reports errors by longjmp, which must not cross C++ objects with destructors: all such objects live
// in the callers of the functions below that call setjmp, and only plain data between setjmp and longjmp.
struct Decoder {
  jpeg_decompress_struct info{};
  ErrorManager errors{};
  jpeg_progress_mgr progress{};
  bool created = false;

  ~Decoder() {
    if (created) jpeg_destroy_decompress(&info);
  }
};

bool read_jpeg_header(Decoder& decoder, ByteView bytes) {
  decoder.info.err = jpeg_std_error(&decoder.errors.base);
  decoder.errors.base.error_exit = on_error;
  decoder.errors.base.emit_message = on_message;
  if (setjmp(decoder.errors.jump) != 0) return false;
  jpeg_create_decompress(&decoder.info);
  decoder.created = true;
  decoder.progress.progress_monitor = on_progress;
  decoder.info.progress = &decoder.progress;
  jpeg_mem_src(&decoder.info, bytes.data(), static_cast<unsigned long>(bytes.size()));
  return jpeg_read_header(&decoder.info, TRUE) == JPEG_HEADER_OK;
}

bool start_decompress(Decoder& decoder, unsigned factor, std::size_t max_working_bytes) {
  if (setjmp(decoder.errors.jump) != 0) return false;
  jpeg_decompress_struct& info = decoder.info;
  info.scale_num = 1;
  info.scale_denom = factor;
  // Inks must be turned into light by us: libjpeg converts YCCK only as far as CMYK.
  const bool inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  info.dct_method = JDCT_ISLOW;
  // Coefficients of a picture in several scans are held whole; over this libjpeg would page them out to a
  // backing store, which libjpeg-turbo does not have: it refuses.
  info.mem->max_memory_to_use = static_cast<long>(max_working_bytes);
  return jpeg_start_decompress(&info) == TRUE;
}

// Inks to light. Inks are stored inverted (255: none): Adobe's way, which browsers and Pillow take for
// granted even where the Adobe marker is missing.
void inks_to_rgb(const std::uint8_t* inks, JDIMENSION width, std::uint8_t* rgb) {
  for (JDIMENSION x = 0; x < width; ++x, inks += 4, rgb += 3) {
    for (int c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>((inks[c] * inks[3] + 127) / 255);
  }
}

// How many rows came out; fewer than the height where the data broke off.
JDIMENSION read_rows(Decoder& decoder, std::uint8_t* pixels, std::uint8_t* scratch) {
  volatile JDIMENSION done = 0;
  if (setjmp(decoder.errors.jump) != 0) return done;
  jpeg_decompress_struct& info = decoder.info;
  const std::size_t stride = static_cast<std::size_t>(info.output_width) * 3;
  while (info.output_scanline < info.output_height) {
    const bool inks = info.out_color_space == JCS_CMYK;
    JSAMPROW row = inks ? scratch : pixels + stride * info.output_scanline;
    const JDIMENSION at = info.output_scanline;
    if (jpeg_read_scanlines(&info, &row, 1) != 1) break;
    if (inks) inks_to_rgb(scratch, info.output_width, pixels + stride * at);
    done = info.output_scanline;
  }
  return done;
}

std::unexpected<Error> failure(const Decoder& decoder) {
  const std::string_view reason = decoder.errors.message;
  switch (decoder.errors.base.msg_code) {
    case JERR_NO_BACKING_STORE:
      return fail(Code::kTooLarge, "progressive JPEG of too many pixels: it must be held whole to decode");
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
      return fail(Code::kUnsupported, "JPEG of an unsupported kind: " + std::string(reason));
    default:
      break;
  }
  return fail(Code::kInvalidArgument, "damaged JPEG" + (reason.empty() ? "" : ": " + std::string(reason)));
}

Status open_jpeg(Decoder& decoder, ByteView bytes, const Limits& limits) {
  if (!read_jpeg_header(decoder, bytes)) return failure(decoder);
  return check_dimensions(decoder.info.image_width, decoder.info.image_height, limits);
}

}  // namespace

bool is_jpeg(ByteView bytes) {
  return bytes.size() >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

Result<Size> jpeg_size(ByteView bytes, const Limits& limits) {
  Decoder decoder;
  EYRIE_CHECK_OK(open_jpeg(decoder, bytes, limits));
  return Size{decoder.info.image_width, decoder.info.image_height};
}

Result<Image> decode_jpeg(ByteView bytes, std::uint32_t target_side, const Limits& limits) {
  Decoder decoder;
  EYRIE_CHECK_OK(open_jpeg(decoder, bytes, limits));
  const unsigned factor = shrink_factor(decoder.info.image_width, decoder.info.image_height, target_side);
  if (!start_decompress(decoder, factor, limits.max_working_bytes)) return failure(decoder);
  Image image;
  image.width = static_cast<int>(decoder.info.output_width);
  image.height = static_cast<int>(decoder.info.output_height);
  image.rgb.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3, 128);
  std::vector<std::uint8_t> scratch(static_cast<std::size_t>(image.width) * 4);
  if (read_rows(decoder, image.rgb.data(), scratch.data()) == 0) return failure(decoder);
  return image;
}

}  // namespace eyrie::image
