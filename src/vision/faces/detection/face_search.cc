#include "vision/faces/detection/face_search.h"

#include <algorithm>
#include <cmath>

namespace eyrie::vision {
namespace {

// Faces that fill the picture are seen where the picture is only a part of the look.
constexpr double kWide = 1.5;
// A look at fewer pixels a side shows nothing that the level above did not.
constexpr double kLeastSide = 96;

constexpr double kMinDetectorScore = 0.4;
constexpr double kMinScoutScore = 0.5;
constexpr double kSameFace = 0.35;
constexpr std::size_t kMostHits = 400;
constexpr std::size_t kMostCandidates = 250;

std::vector<Look> looks_at(const image::Image& picture, int level, double angle, double proportion) {
  const bool lying = std::fmod(std::abs(angle), 180) > 45;
  std::vector<Look> looks =
      tile(picture.width, picture.height, 1 << level, lying ? 1 / proportion : proportion);
  if (level == 0) {
    Look wide = looks[0];
    wide.width *= kWide;
    wide.height *= kWide;
    looks.push_back(wide);
  } else if (std::min(looks[0].width, looks[0].height) < kLeastSide) {
    return {};
  }
  for (Look& look : looks) {
    look.angle = angle;
    if (lying) std::swap(look.width, look.height);
  }
  return looks;
}

// The scout's boxes are upright rectangles round the whole face; the detector's are squares from the brows to
// the chin.
Hit like_detector(Hit hit) {
  hit.width = hit.height = std::sqrt(hit.area());
  return hit;
}

}  // namespace

Status FaceSearch::detect(int level) {
  for (const Look& look : looks_at(pyramid_.picture(), level, angle_, 1)) {
    EYRIE_TRY(const std::vector<Hit> found, finders_.detect(pyramid_, look, kMinDetectorScore));
    detected_.insert(detected_.end(), found.begin(), found.end());
  }
  return {};
}

Status FaceSearch::scout(int level) {
  for (const Look& look : looks_at(pyramid_.picture(), level, angle_, FaceFinders::kScoutProportion)) {
    EYRIE_TRY(const std::vector<Hit> found, finders_.scout(pyramid_, look, kMinScoutScore));
    scouted_.insert(scouted_.end(), found.begin(), found.end());
  }
  return {};
}

Status FaceSearch::look_briefly() {
  EYRIE_CHECK_OK(detect(0));
  if (!finders_.has_scout()) return detect(1);
  EYRIE_CHECK_OK(scout(0));
  return scout(1);
}

Status FaceSearch::look_deeply() {
  if (!finders_.has_scout()) return detect(2);
  EYRIE_CHECK_OK(detect(1));
  return scout(2);
}

std::vector<Candidate> FaceSearch::candidates() const {
  std::vector<Candidate> all;
  for (const Hit& hit : blend(detected_, kSameFace, kMostHits)) {
    all.push_back({.face = hit, .detector = hit.score, .angle = angle_});
  }
  for (const Hit& raw : blend(scouted_, kSameFace, kMostHits)) {
    const Hit hit = like_detector(raw);
    const auto same = std::ranges::max_element(
        all, {}, [&](const Candidate& candidate) { return overlap(candidate.face, hit); });
    if (same != all.end() && overlap(same->face, hit) >= kSameFace) {
      same->scout = std::max(same->scout, hit.score);
    } else {
      all.push_back({.face = hit, .scout = hit.score, .angle = angle_});
    }
  }
  std::ranges::sort(all, std::ranges::greater{}, [](const Candidate& c) { return c.detector + c.scout; });
  if (all.size() > kMostCandidates) all.resize(kMostCandidates);
  return all;
}

}  // namespace eyrie::vision
