#include "vision/faces/detection/face_confidence.h"

#include <algorithm>
#include <cmath>

namespace eyrie::vision {
namespace {

// A score as evidence: 0 for even, without end to both sides but for the networks' own coarseness.
double logit(double score) {
  const double kept = std::clamp(score, 0.02, 0.999);
  return std::log(kept / (1 - kept));
}

}  // namespace

double face_confidence(const CloseLook& seen, bool has_scout) {
  if (seen.detector <= 0) return 0;  // no points: nothing to go on from
  const double evidence = has_scout ? 3.0 * logit(seen.detector) + 1.0 * logit(seen.scout) - 3.0
                                    : 4.0 * logit(seen.detector) - 3.0;
  return 100 / (1 + std::exp(-evidence));
}

}  // namespace eyrie::vision
