#include "vision/text/tiles.h"

namespace eyrie::vision {
namespace {

int divide_up(int a, int b) {
  return (a + b - 1) / b;
}

}  // namespace

std::vector<TileSpan> tile_spans(int side) {
  if (side <= kTileSide) return {{0, side, 0, side}};
  const int count = divide_up(side - kSharedByTiles, kTileSide - kSharedByTiles);
  const int length = divide_up(side + (count - 1) * kSharedByTiles, count * kDetectorStep) * kDetectorStep;
  std::vector<TileSpan> spans;
  for (int i = 0; i < count; ++i) {
    const int steps = (side - length) / kDetectorStep;
    spans.push_back({steps * i / (count - 1) * kDetectorStep, length, 0, side});
    if (i == 0) continue;
    TileSpan& before = spans[static_cast<std::size_t>(i) - 1];
    spans.back().from = before.to = (spans.back().start + before.start + length) / 2;
  }
  return spans;
}

}  // namespace eyrie::vision
