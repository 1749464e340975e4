// How a side that is too long for one run of the text detector is divided.
//
// Units: pixels of the detector's input. Errors: none. Thread-safe.
#pragma once

#include <vector>

namespace eyrie::vision {

// The network halves its input five times; sides are multiples of this.
inline constexpr int kDetectorStep = 32;
inline constexpr int kTileSide = 1120;  // at most
// What neighbours both see: a letter at the edge of one stands whole, with its surroundings, in the other.
inline constexpr int kSharedByTiles = 128;

struct TileSpan {
  int start = 0, length = 0;  // what the tile shows
  int from = 0, to = 0;       // what its answer counts for; together they are the whole side, each pixel once
};

// The fewest, of one length. `side`: a multiple of kDetectorStep.
std::vector<TileSpan> tile_spans(int side);

}  // namespace eyrie::vision
