// Text of a picture: words and lines, where they are and what they say.
//
// Errors: kUnavailable - a network that is needed is not installed; those of Network. Thread safety: all of it.
#pragma once

#include <vector>

#include "vision/networks/networks.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {

class TextReader {
 public:
  // The networks must outlive it.
  explicit TextReader(const Networks& networks) : networks_(networks) {}

  // Lines in reading order, then their words.
  Result<std::vector<TextDetection>> read(const image::Image& picture, const TextRequest& request) const;

 private:
  const Networks& networks_;
};

}  // namespace eyrie::vision
