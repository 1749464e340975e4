// Reads the strips of one picture, each the way its text runs, and puts the words into lines.
//
// Which way a strip runs: along its longer side, and as most of the page does; where reading it so makes
// little sense, the other ways are tried and the one that reads best is taken. Reading happens line by line,
// on demand, so that a caller who has enough can stop.
//
// Units: pixels of the picture; confidences 0..1. Errors: those of StripReader. Not thread-safe: one per
// call.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "image/image.h"
#include "vision/text/strip_reader.h"
#include "vision/text/text_map.h"

namespace eyrie::vision {

struct PageWord {
  std::string text;
  float confidence = 0;
  image::Quad corners;  // clockwise, from its own top left
};

// Words on one baseline without a large gap between them.
using PageLine = std::vector<PageWord>;

class PageReader {
 public:
  // Both must outlive it.
  PageReader(const StripReader& reader, const image::Image& picture) : reader_(reader), picture_(picture) {}

  // Finds the page's direction and lays out its lines.
  Status open(const std::vector<TextBox>& boxes);

  // The next lines in reading order (none where nothing legible was there); nullopt when all are read.
  Result<std::optional<std::vector<PageLine>>> next();

 private:
  // A strip with the ways it may run, likeliest first.
  struct Strip {
    std::vector<image::Quad> ways;
    std::optional<Reading> first;  // of ways[0], once it was read
  };
  Result<double> direction(const std::vector<TextBox>& boxes, double axis);
  Status read(Strip& strip, PageLine& line);

  const StripReader& reader_;
  const image::Image& picture_;
  std::vector<Strip> strips_;
  std::vector<std::vector<std::size_t>> lines_;
  std::size_t at_ = 0;
};

}  // namespace eyrie::vision
