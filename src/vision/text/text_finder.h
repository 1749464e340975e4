// Finds where text is in a picture.
//
// Units: pixels of the picture. Errors: kUnavailable - no detector is installed; those of Network. Thread
// safety: all of it.
#pragma once

#include <vector>

#include "vision/networks/networks.h"
#include "vision/text/text_map.h"

namespace eyrie::vision {

class TextFinder {
 public:
  // The networks must outlive it.
  explicit TextFinder(const Networks& networks) : networks_(networks) {}

  Result<std::vector<TextBox>> find(const image::Image& picture) const;

  // In one part of the picture, which the network is shown `scale` times as large.
  Result<std::vector<TextBox>> find(const image::Image& picture, const image::Rect& part, double scale) const;

 private:
  const Networks& networks_;
};

}  // namespace eyrie::vision
