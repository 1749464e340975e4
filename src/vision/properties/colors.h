// The colours that a region is mostly made of.
//
// Pixels are gathered in a histogram of 32 x 32 x 32 cells; its cells, each with the mean of its pixels, are
// clustered by k-means in CIELAB (Lloyd 1982), from seeds that are each in turn the cell with the largest
// weight times squared distance to the seeds before it. There is no chance in it: the same pixels give the
// same colours. Clusters that look alike, or that have one CSS name, are made one. A colour is the mean of
// its cluster's pixels.
//
// Thread safety: plain data; no errors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vision/recognition/recognition.h"

namespace eyrie::vision {

class ColorHistogram {
 public:
  ColorHistogram() : cells_(kCells) {}

  void add(const std::uint8_t* rgb) {
    Cell& cell = cells_[static_cast<std::size_t>(rgb[0] >> 3) << 10 |
                        static_cast<std::size_t>(rgb[1] >> 3) << 5 | rgb[2] >> 3];
    ++cell.count;
    for (std::size_t c = 0; c < 3; ++c) cell.sums[c] += rgb[c];
  }
  void add(const ColorHistogram& other);

  struct Cell {
    std::uint32_t count = 0;
    std::uint32_t sums[3] = {0, 0, 0};  // of its pixels' channels
  };
  std::span<const Cell> cells() const { return cells_; }

 private:
  static constexpr std::size_t kCells = 32 * 32 * 32;
  std::vector<Cell> cells_;
};

// Largest share first, at most `max_colors`; shares below 1 % are left out.
std::vector<DominantColor> dominant_colors(const ColorHistogram& histogram, std::size_t max_colors);

}  // namespace eyrie::vision
