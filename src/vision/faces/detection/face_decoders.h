// From the raw outputs of the face networks to boxes and points of the look they were shown.
//
// BlazeFace, 256 px (Bazarevsky et al. 2019): anchors are the centres of 16 x 16 cells, two each, then of 8 x
// 8, six each. scores [1,A,1] are logits; boxes [1,A,16] are centre, size and six points, in input pixels,
// relative to the anchor. Outputs come in the order scores of 16 x 16, of 8 x 8, boxes of 16 x 16, of 8 x 8.
//
// Ultra-Light-Fast (RFB): scores [1,A,2] are shares of background and face; boxes [1,A,4] are left, top,
// right, bottom in ratios of the input.
//
// A network is not trusted: outputs of another size are refused, values that are not finite are dropped.
// Errors: kInternal. Thread-safe.
#pragma once

#include <vector>

#include "base/result.h"
#include "vision/faces/detection/hit.h"
#include "vision/networks/session.h"

namespace eyrie::vision {

using TensorViews = std::span<const Session::Outputs::View>;

Result<std::vector<LookHit>> decode_blazeface(TensorViews outputs, double min_score);
Result<std::vector<LookHit>> decode_ultra_light(TensorViews outputs, double min_score);

}  // namespace eyrie::vision
