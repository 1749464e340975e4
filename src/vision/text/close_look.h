// Looks once more at a strip whose first reading is not sure.
//
// What goes wrong with small text in photos is where the strip is cut: the detector joins a number plate's number with the
// state's name above it and the frame below, and cuts the outer characters. So the strip is read again a little longer and
// less high, and so is what the detector finds where it is shown the strip's surroundings enlarged. A second recognizer, where
// one is installed, reads both too. The reading of the highest confidence is taken.
//
// Units: pixels of the picture; confidences 0..1. Errors: those of TextFinder and StripReader. Thread safety: all of it.
#pragma once

#include <optional>

#include "vision/text/strip_reader.h"
#include "vision/text/text_finder.h"

namespace eyrie::vision {

// What was read, and where the reading's words lie along.
struct StripReading {
  image::Quad strip;
  Reading reading;
};

class CloseLook {
 public:
  enum class Depth {
    kReadAgain,  // the strip as it is
    kFindAgain,  // and what the detector finds in its place
  };

  // All must outlive it.
  CloseLook(const Networks& networks, const TextFinder& finder, const StripReader& first)
      : finder_(finder), first_(first), second_(networks, Role::kTextSecondRecognizer) {}

  Result<StripReading> look(const image::Image& picture, StripReading so_far, Depth depth) const;

 private:
  Result<std::optional<image::Quad>> find_again(const image::Image& picture, const image::Quad& strip,
                                                double scale) const;
  Status read_again(const image::Image& picture, const image::Quad& strip, StripReading& best) const;

  const TextFinder& finder_;
  const StripReader& first_;
  const StripReader second_;
};

// Of boxes found in a strip's place the one that shows the same text: about the strip's middle, at least half as long, not
// much higher nor much lower; the longest. Turned to run as the strip does.
std::optional<image::Quad> same_text(const std::vector<TextBox>& boxes, const image::Quad& strip);

}  // namespace eyrie::vision
