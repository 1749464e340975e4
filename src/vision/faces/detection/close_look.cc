#include "vision/faces/detection/close_look.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eyrie::vision {
namespace {

// Sides of the looks in sides of the face: where known faces score highest (docs/decisions.md).
constexpr double kDetectorSide = 4;
constexpr double kScoutSide = 3;
constexpr double kMinScore = 0.05;
// What is found must share so much with the candidate to be it.
constexpr double kSameFaceClose = 0.25;
// A face tilted by more is looked at again, turned upright.
constexpr double kMaxTilt = 12;

double tilt_of(const Hit& face) {
  const Point& left = face.points[kSeedLeftEye];
  const Point& right = face.points[kSeedRightEye];
  return std::atan2(right.y - left.y, right.x - left.x) * 180 / std::numbers::pi;
}

double turn_between(double a, double b) {
  return std::abs(std::remainder(a - b, 360));
}

const Hit* surest_of(const std::vector<Hit>& hits, const Hit& face) {
  const Hit* best = nullptr;
  for (const Hit& hit : hits) {
    if (overlap(hit, face) >= kSameFaceClose && (best == nullptr || hit.score > best->score)) best = &hit;
  }
  return best;
}

// Takes over what the detector sees, where it sees the face.
Status detect_at(const FaceFinders& finders, const image::Pyramid& pyramid, double angle, CloseLook& seen) {
  const double side = std::max(seen.face.width, seen.face.height) * kDetectorSide;
  const Look look{.centre = seen.face.centre, .width = side, .height = side, .angle = angle};
  EYRIE_TRY(const std::vector<Hit> hits, finders.detect(pyramid, look, kMinScore));
  const Hit* hit = surest_of(hits, seen.face);
  if (hit == nullptr || hit->score < seen.detector) return {};
  seen.face = *hit;
  seen.detector = hit->score;
  seen.angle = tilt_of(*hit);
  return {};
}

}  // namespace

Result<CloseLook> look_closely(const FaceFinders& finders, const image::Pyramid& pyramid,
                               const Candidate& candidate) {
  CloseLook seen{.face = candidate.face, .angle = candidate.angle};
  EYRIE_CHECK_OK(detect_at(finders, pyramid, candidate.angle, seen));
  if (turn_between(seen.angle, candidate.angle) > kMaxTilt) {
    EYRIE_CHECK_OK(detect_at(finders, pyramid, seen.angle, seen));
  }
  const double width =
      std::max(seen.face.width, seen.face.height) * kScoutSide * FaceFinders::kScoutProportion;
  const Look look{.centre = seen.face.centre,
                  .width = width,
                  .height = width / FaceFinders::kScoutProportion,
                  .angle = seen.angle};
  EYRIE_TRY(const std::vector<Hit> hits, finders.scout(pyramid, look, kMinScore));
  if (const Hit* hit = surest_of(hits, seen.face)) seen.scout = hit->score;
  return seen;
}

}  // namespace eyrie::vision
