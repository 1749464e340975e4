#include "image/encode.h"

#include <cstdio>
// jpeglib.h needs FILE to be known.
#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>
#include <memory>

namespace eyrie::image {
namespace {

struct EncodeErrors {
  jpeg_error_mgr base;
  std::jmp_buf jump;
};

void leave(j_common_ptr info) {
  std::longjmp(reinterpret_cast<EncodeErrors*>(info->err)->jump, 1);
}

// Plain data only between setjmp and longjmp: libjpeg leaves by the latter.
bool compress(const Image& image, int quality, unsigned char** out, unsigned long* size) {
  jpeg_compress_struct info{};
  EncodeErrors errors{};
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  if (setjmp(errors.jump) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, out, size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<JSAMPROW>(image.row(static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

Result<Bytes> encode_jpeg(const Image& image, int quality) {
  if (image.width < 1 || image.height < 1 || image.width > 65'500 || image.height > 65'500) {
    return fail(Code::kInvalidArgument, "JPEG cannot hold an image of this size");
  }
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const bool done = compress(image, quality, &buffer, &size);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owned(buffer, &std::free);
  if (!done) return fail(Code::kInternal, "JPEG encoding failed");
  return Bytes(buffer, buffer + size);
}

}  // namespace eyrie::image
