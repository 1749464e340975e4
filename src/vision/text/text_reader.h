// Text of a picture: words and lines, where they are and what they say.
//
// A detector finds strips of text (text_finder.h), a recognizer reads each (strip_reader.h), words make lines
// (layout.h). See docs/vision.md for what is read and what is not.
//
// Errors: kUnavailable - a network that is needed is not installed; those of Network. Thread safety: all of
// it.
#pragma once

#include <vector>

#include "vision/networks/networks.h"
#include "vision/recognition/request.h"
#include "vision/text/close_look.h"
#include "vision/text/strip_reader.h"
#include "vision/text/text_finder.h"

namespace eyrie::vision {

class TextReader {
 public:
  // The networks must outlive it.
  explicit TextReader(const Networks& networks)
      : finder_(networks), reader_(networks, Role::kTextRecognizer), close_look_(networks, finder_, reader_) {}

  // Lines in reading order, then their words.
  Result<std::vector<TextDetection>> read(const image::Image& picture, const TextRequest& request) const;

 private:
  // Constant after construction.
  const TextFinder finder_;
  const StripReader reader_;
  const CloseLook close_look_;
};

}  // namespace eyrie::vision
