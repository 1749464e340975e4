// Decoding a 12-megapixel JPEG in full and at the scale that recognition needs.
#include <benchmark/benchmark.h>

#include "image/decode.h"
#include "image/encode.h"
#include "image/resize.h"

namespace eyrie::image {
namespace {

// Smooth shapes under noise: about as many bytes a pixel as a photograph.
Bytes twelve_megapixels() {
  Image image{.width = 4000, .height = 3000};
  std::uint32_t noise = 1;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      noise = noise * 1664525 + 1013904223;
      const auto grain = static_cast<std::uint8_t>(noise >> 28);
      image.rgb.push_back(static_cast<std::uint8_t>((x / 8 + grain) & 255));
      image.rgb.push_back(static_cast<std::uint8_t>((y / 8 + grain) & 255));
      image.rgb.push_back(static_cast<std::uint8_t>(((x + y) / 16 + grain) & 255));
    }
  }
  return *encode_jpeg(image, 90);
}

void BM_DecodeJpeg12Mp(benchmark::State& state) {
  static const Bytes bytes = twelve_megapixels();
  for (auto _ : state) {
    auto decoded = decode(bytes, {.target_side = static_cast<std::uint32_t>(state.range(0))});
    benchmark::DoNotOptimize(decoded);
  }
  state.counters["MB"] = static_cast<double>(bytes.size()) / 1e6;
}
BENCHMARK(BM_DecodeJpeg12Mp)
    ->ArgName("target_side")
    ->Arg(0)
    ->Arg(1800)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eyrie::image
