// From how likely something is to Rekognition's way of saying it: a value, and a confidence of at least 50.
//
// Thread safety: plain functions.
#pragma once

#include <algorithm>
#include <cmath>

#include "vision/recognition/recognition.h"

namespace eyrie::vision {

// A network that is wrong once in a hundred times must not say 100.
inline constexpr double kMostConfident = 99.9;

inline double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

// `probability` of the trait, 0..1; one that is no number counts as even.
inline Trait trait_of(double probability) {
  if (!(probability >= 0 && probability <= 1)) probability = 0.5;
  return {.value = probability > 0.5,
          .confidence = std::min(kMostConfident, 100 * std::max(probability, 1 - probability))};
}

// The way back.
inline double probability_of(const Trait& trait) {
  return trait.value ? trait.confidence / 100 : 1 - trait.confidence / 100;
}

}  // namespace eyrie::vision
