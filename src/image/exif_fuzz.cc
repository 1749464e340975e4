#include "image/exif.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)eyrie::image::read_exif({data, size}, false);
  (void)eyrie::image::read_exif({data, size}, true);
  return 0;
}
