// Colours and quality of one picture, and of one object in it.
#include <benchmark/benchmark.h>

#include "vision/properties/image_properties.h"

namespace eyrie::vision {
namespace {

// Slopes of every colour under noise: more different colours than a photograph has.
image::Image colourful(int width, int height) {
  image::Image picture{.width = width, .height = height, .rgb = {}};
  std::uint32_t noise = 1;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      noise = noise * 1664525 + 1013904223;
      const auto grain = static_cast<int>(noise >> 27);
      for (const int level : {x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)}) {
        picture.rgb.push_back(static_cast<std::uint8_t>(std::min(255, level + grain)));
      }
    }
  }
  return picture;
}

void BM_MeasureProperties(benchmark::State& state) {
  const auto side = static_cast<int>(state.range(0));
  const image::Image picture = colourful(side, side * 3 / 4);
  const std::vector<BoundingBox> objects{{.left = 0.2, .top = 0.2, .width = 0.5, .height = 0.5}};
  for (auto _ : state) {
    auto properties = measure_properties(picture, objects, {});
    benchmark::DoNotOptimize(properties);
  }
}
BENCHMARK(BM_MeasureProperties)
    ->ArgName("side")
    ->Arg(500)
    ->Arg(1600)
    ->Arg(3200)
    ->Unit(benchmark::kMillisecond);

void BM_ColoursOfPart(benchmark::State& state) {
  const image::Image picture = colourful(1600, 1200);
  for (auto _ : state) {
    auto colors = colors_of_part(picture, {.left = 0.2, .top = 0.2, .width = 0.5, .height = 0.5}, 10);
    benchmark::DoNotOptimize(colors);
  }
}
BENCHMARK(BM_ColoursOfPart)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eyrie::vision
