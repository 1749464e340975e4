// Reads the strips of one picture, each the way its text runs, and puts the words into lines.
//
// Which way a strip runs: along its longer side, and as most of the page does; where reading it so makes
// little sense, the other ways are tried and the one that reads best is taken. Strips that are not sure are looked
// at once more (close_look.h). Reading happens line by line,
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
#include "vision/text/close_look.h"
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
  // All must outlive it.
  PageReader(const StripReader& reader, const CloseLook& close_look, const image::Image& picture)
      : reader_(reader), close_look_(close_look), picture_(picture) {}

  // Finds the page's direction and lays out its lines.
  Status open(const std::vector<TextBox>& boxes);

  // The next lines in reading order (none where nothing legible was there); nullopt when all are read.
  Result<std::optional<std::vector<PageLine>>> next();

 private:
  // The ways a strip may run, likeliest first.
  using Ways = std::vector<image::Quad>;
  Result<double> direction(const std::vector<TextBox>& boxes, double axis);
  // With a close look where that is called for.
  Result<StripReading> read_well(const image::Quad& strip);
  Status read(const Ways& ways, PageLine& line);

  const StripReader& reader_;
  const CloseLook& close_look_;
  const image::Image& picture_;
  std::vector<Ways> strips_;
  std::vector<std::vector<std::size_t>> lines_;
  std::size_t at_ = 0;
};

}  // namespace eyrie::vision
