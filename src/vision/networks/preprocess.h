// A part of a picture, made into what a network wants to see.
//
// Scaling averages areas where it shrinks (image/resize.h). Measured on COCO photos, sampling without
// averaging costs the detector accuracy. Thread-safe; no errors: packs are checked when they are read.
#pragma once

#include "image/image.h"
#include "image/resize.h"
#include "vision/networks/detection.h"
#include "vision/networks/pack.h"

namespace eyrie::vision {

// What of the picture a network is shown.
struct View {
  image::Rect part;
  bool mirrored = false;  // left and right swapped

  static View whole(const image::Image& picture) { return {{0, 0, picture.width, picture.height}, false}; }
};

// Where the part lies in the network's input, as ratios of the input; it reaches beyond where a crop hides
// its edges.
struct Placement {
  double left = 0, top = 0, width = 1, height = 1;
};

struct Prepared {
  Tensor tensor;
  Placement placement;
};

Prepared prepare(const image::Image& picture, const View& view, const InputSpec& spec);

// From ratios of the network's input to ratios of the picture.
Detection to_picture(Detection box, const Placement& placement, const View& view,
                     const image::Image& picture);

}  // namespace eyrie::vision
