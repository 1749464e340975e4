// Reads one strip of a picture: a line of text, or a piece of one, that runs from its left to its right.
//
// The strip is made upright, 48 pixels high, and given to the recognizer; the answer's characters are put
// together into words, whose places along the strip come from the steps at which the recognizer saw them.
//
// Units: pixels of the picture; places along the strip are ratios of its width; confidences 0..1.
// Errors: kUnavailable - no recognizer is installed, or its alphabet is not one; those of Network. Thread
// safety: all of it.
#pragma once

#include <string>
#include <vector>

#include "image/quad.h"
#include "vision/networks/networks.h"
#include "vision/text/alphabet.h"
#include "vision/text/ctc.h"

namespace eyrie::vision {

struct StripWord {
  std::string text;
  float confidence = 0;    // mean of its characters'
  float from = 0, to = 1;  // along the strip
};

struct Reading {
  std::vector<StripWord> words;
  float confidence = 0;  // mean of all characters'; 0 where there are none
};

// `steps`: the recognizer's for the whole strip.
Reading words_of(const std::vector<Glyph>& glyphs, std::size_t steps, const Alphabet& alphabet);

class StripReader {
 public:
  // `role`: of the recognizer to ask. The networks must outlive it.
  StripReader(const Networks& networks, Role role);

  bool installed() const { return networks_.find(role_) != nullptr; }
  Result<Reading> read(const image::Image& picture, const image::Quad& strip) const;

 private:
  // Constant after construction.
  const Networks& networks_;
  const Role role_;
  const Result<Alphabet> alphabet_;
};

}  // namespace eyrie::vision
