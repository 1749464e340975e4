#include "vision/faces/similarity.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace eyrie::vision {
namespace {

// Straight lines between these, strictly rising. Cosines of SFace on LFW: 0.04 +- 0.09 between different people,
// 0.61 +- 0.14 between pictures of one; strangers of FairFace are more alike.
struct Knot {
  double cosine, similarity;
};
constexpr std::array kCurve{
    Knot{-1.0, 0},  Knot{0.0, 5},   Knot{0.3, 50},    Knot{0.43, 80},
    Knot{0.52, 95}, Knot{0.6, 99},  Knot{0.75, 99.9}, Knot{1.0, 100},
};

}  // namespace

double similarity_of_cosine(double cosine) {
  const double at = std::isfinite(cosine) ? std::clamp(cosine, -1.0, 1.0) : -1.0;
  const auto upper = std::ranges::lower_bound(kCurve.begin() + 1, kCurve.end() - 1, at, {}, &Knot::cosine);
  const Knot& low = *(upper - 1);
  const double share = (at - low.cosine) / (upper->cosine - low.cosine);
  return low.similarity + share * (upper->similarity - low.similarity);
}

double cosine_of_similarity(double similarity) {
  const double at = std::isfinite(similarity) ? std::clamp(similarity, 0.0, 100.0) : 100.0;
  const auto upper =
      std::ranges::lower_bound(kCurve.begin() + 1, kCurve.end() - 1, at, {}, &Knot::similarity);
  const Knot& low = *(upper - 1);
  const double share = (at - low.similarity) / (upper->similarity - low.similarity);
  return low.cosine + share * (upper->cosine - low.cosine);
}

double similarity(std::span<const float> a, std::span<const float> b) {
  if (a.empty() || a.size() != b.size()) return 0;
  double cosine = 0;
  for (std::size_t i = 0; i < a.size(); ++i) cosine += static_cast<double>(a[i]) * b[i];
  return similarity_of_cosine(cosine);
}

}  // namespace eyrie::vision
