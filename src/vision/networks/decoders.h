// From a network's raw outputs to boxes and scores, one decoder for each kind a pack may name.
//
// A network is not trusted to have the shape its pack claims: outputs of another size are refused, values
// that are not finite are dropped. Errors: kInternal - outputs are not of the pack's size. Thread-safe.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "vision/networks/detection.h"
#include "vision/networks/pack.h"
#include "vision/networks/session.h"

namespace eyrie::vision {

// A Session's outputs, in the order the pack names them.
using OutputViews = std::span<const Session::Outputs::View>;

// An anchor by centre and size, in ratios of the network's input.
struct Anchor {
  float y, x, height, width;
};
std::vector<Anchor> make_anchors(const AnchorSpec& spec);

// SSD's box coder over anchors, as EfficientDet uses it (Liu et al. 2016, section 2.2; Tan et al. 2020):
//   centre = offset / scale * anchor size + anchor centre,   size = exp(offset / scale) * anchor size.
// outputs[0]: boxes [1,A,4] (y,x,h,w), outputs[1]: logits [1,A,classes]. Boxes of score >= min_score,
// unsuppressed.
Result<std::vector<Detection>> decode_ssd(const OutputSpec& spec, std::span<const Anchor> anchors,
                                          OutputViews outputs, float min_score);

// YOLOv8's head: one output [1,4+classes,N]: centre x, centre y, width, height in input pixels, then scores.
Result<std::vector<Detection>> decode_yolo(const OutputSpec& spec, int input_width, int input_height,
                                           OutputViews outputs, float min_score);

// One score per class, 0..1.
Result<std::vector<float>> decode_scores(const OutputSpec& spec, OutputViews outputs);

}  // namespace eyrie::vision
