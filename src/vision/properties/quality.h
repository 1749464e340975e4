// How bright, sharp and rich in contrast a region is, each 0..100.
//
// Of luma (ITU-R BT.601, gamma-encoded, 0..1):
//   brightness  100 sqrt(mean). Rekognition's published answers are that bright: it calls a picture that is
//   mostly black
//               and dark slate grey 60.
//   contrast    100 sqrt(standard deviation / 0.5): RMS contrast (Peli 1990), of which black and white in
//   equal parts have the
//               most.
//   sharpness   how much of the differences between neighbouring pixels a blur over nine of them takes away,
//   in the direction where
//               that is less (Crete, Dolmiere, Ladret, Nicolas 2007). A picture that is blurred already loses
//               little. Differences of one grey level count as none: rounding makes them out of the smoothest
//               slope. A region without differences has no sharpness.
// Thread-safe; no errors.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "image/image.h"

namespace eyrie::vision {

struct Quality {
  double brightness = 0, sharpness = 0, contrast = 0;
};

// What of a region is needed to know its quality; sums of two regions are those of both together.
struct QualitySums {
  struct Differences {
    std::uint64_t all = 0, lost = 0;  // between neighbours; what of them a blur takes away
  };
  std::uint64_t pixels = 0, luma = 0, luma_squared = 0;  // luma 0..255
  Differences across, down;

  QualitySums& operator+=(const QualitySums& other);
  Quality quality() const;
};

// `mask`: a byte a pixel, 255 in the foreground and 0 in the background. Of the background, then the
// foreground.
std::array<QualitySums, 2> sum_quality(const image::Image& picture, std::span<const std::uint8_t> mask);

}  // namespace eyrie::vision
