#include "image/codec.h"

// Small limits: the fuzzer looks for broken code, not for large pictures.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const eyrie::image::Limits limits{.max_side = 2048, .max_pixels = 1 << 20};
  const eyrie::ByteView bytes(data, size);
  (void)eyrie::image::decode_jpeg(bytes, 0, limits);
  (void)eyrie::image::decode_jpeg(bytes, 64, limits);
  return 0;
}
