// A decoded picture: 8-bit RGB, rows top to bottom, no padding, already turned upright (EXIF orientation
// applied). Alpha is dropped (as Rekognition does): what lies under a transparent pixel is shown as it is
// stored, unless the decoder was asked to lay it on white (decode.h). Thread safety: plain data.
#pragma once

#include <cstdint>
#include <vector>

namespace eyrie::image {

struct Image {
  int width = 0;                  // pixels
  int height = 0;                 // pixels
  std::vector<std::uint8_t> rgb;  // height * width * 3

  const std::uint8_t* row(int y) const { return rgb.data() + static_cast<std::size_t>(y) * width * 3; }
  std::uint8_t* row(int y) { return rgb.data() + static_cast<std::size_t>(y) * width * 3; }
};

}  // namespace eyrie::image
