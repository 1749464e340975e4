#include "vision/text/tiles.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

TEST(Tiles, AShortSideIsOne) {
  for (const int side : {32, 640, kTileSide}) {
    const auto spans = tile_spans(side);
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_EQ(spans[0].length, side);
    EXPECT_EQ(spans[0].to, side);
  }
}

TEST(Tiles, CoverEverySideOnceAndShareWhatTheyMust) {
  for (int side = kTileSide + kDetectorStep; side <= 6400; side += kDetectorStep) {
    const auto spans = tile_spans(side);
    ASSERT_GE(spans.size(), 2U);
    EXPECT_EQ(spans.front().from, 0);
    EXPECT_EQ(spans.back().to, side);
    EXPECT_EQ(spans.back().start + spans.back().length, side);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      EXPECT_EQ(spans[i].length % kDetectorStep, 0);
      EXPECT_LE(spans[i].length, kTileSide);
      EXPECT_EQ(spans[i].length, spans[0].length);
      EXPECT_GE(spans[i].from, spans[i].start);
      EXPECT_LE(spans[i].to, spans[i].start + spans[i].length);
      if (i == 0) continue;
      EXPECT_EQ(spans[i].from, spans[i - 1].to);
      // Starts are rounded to steps.
      EXPECT_GE(spans[i - 1].start + spans[i - 1].length - spans[i].start, kSharedByTiles - kDetectorStep) << side;
    }
  }
}

TEST(Tiles, AreAsFewAsGo) {
  EXPECT_EQ(tile_spans(1600).size(), 2U);
  EXPECT_EQ(tile_spans(1600)[0].length, 864);
  EXPECT_EQ(tile_spans(2112).size(), 2U);
  EXPECT_EQ(tile_spans(2144).size(), 3U);
}

}  // namespace
}  // namespace eyrie::vision
