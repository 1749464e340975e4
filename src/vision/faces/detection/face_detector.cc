#include "vision/faces/detection/face_detector.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <utility>

#include "vision/faces/detection/close_look.h"
#include "vision/faces/detection/face_confidence.h"
#include "vision/faces/detection/face_search.h"

namespace eyrie::vision {
namespace {

constexpr double kOneFace = 0.35;    // of two boxes: their overlap
constexpr double kPartOfFace = 0.6;  // of a small box: how much lies in the larger
constexpr double kDoubtful = 0.75;   // score of the detector's close look
constexpr std::size_t kFeatures =
    4;  // of a seed's points: eyes, nose, mouth; the ears are left to the ellipse
constexpr double kPointMargin = 0.05;  // of the detector's side

struct Sure {
  Hit face;
  double angle = 0;
  double score = 0;  // the detector's
  double confidence = 0;
};

bool same_face(const Hit& a, const Hit& b) {
  return overlap(a, b) > kOneFace || containment(a, b) > kPartOfFace;
}

// Each face once: the surest box of it.
std::vector<Sure> each_once(std::vector<Sure> faces) {
  std::ranges::sort(faces, std::ranges::greater{}, &Sure::confidence);
  std::vector<Sure> kept;
  for (const Sure& face : faces) {
    if (std::ranges::none_of(kept, [&](const Sure& other) { return same_face(other.face, face.face); })) {
      kept.push_back(face);
    }
  }
  return kept;
}

Result<std::vector<Sure>> look_closely_at_all(const FaceFinders& finders, const image::Pyramid& pyramid,
                                              const std::vector<Candidate>& candidates) {
  std::vector<Sure> faces;
  for (const Candidate& candidate : candidates) {
    EYRIE_TRY(const CloseLook seen, look_closely(finders, pyramid, candidate));
    const double confidence = face_confidence(seen, finders.has_scout());
    if (confidence >= FaceDetector::kMinConfidence)
      faces.push_back({seen.face, seen.angle, seen.detector, confidence});
  }
  return each_once(std::move(faces));
}

Result<std::vector<Sure>> find_turned(const FaceFinders& finders, const image::Pyramid& pyramid, double angle) {
  FaceSearch search(finders, pyramid, angle);
  EYRIE_CHECK_OK(search.look_briefly());
  return look_closely_at_all(finders, pyramid, search.candidates());
}

// Brow to chin and ear to ear, upright round a tilted face.
BoundingBox box_of(const Hit& face, double angle, const image::Image& picture) {
  constexpr double kUp = 0.62, kDown = 0.62, kAside = 0.46;  // of the detector's side, from its middle
  const double turn = angle * std::numbers::pi / 180;
  const double c = std::cos(turn), s = std::sin(turn);
  const double aside = kAside * face.width;
  const double half = (kUp + kDown) / 2 * face.height;
  const double shift = (kDown - kUp) / 2 * face.height;
  const Point middle{face.centre.x - shift * s, face.centre.y + shift * c};
  // Of an ellipse with these half axes, which a face is more like than a rectangle.
  const double across = std::hypot(aside * c, half * s);
  const double down = std::hypot(aside * s, half * c);
  double left = middle.x - across, right = middle.x + across;
  double top = middle.y - down, bottom = middle.y + down;
  // Seen from the side, the nose stands out.
  const double margin = kPointMargin * face.width;
  for (const Point& point : std::span(face.points).first(kFeatures)) {
    left = std::min(left, point.x - margin);
    right = std::max(right, point.x + margin);
    top = std::min(top, point.y - margin);
    bottom = std::max(bottom, point.y + margin);
  }
  return {.left = left / picture.width,
          .top = top / picture.height,
          .width = (right - left) / picture.width,
          .height = (bottom - top) / picture.height};
}

FoundFace found(const Sure& face, const image::Image& picture) {
  FoundFace result{.seed = {.box = box_of(face.face, face.angle, picture), .points = face.face.points},
                   .confidence = face.confidence,
                   .doubtful = face.score < kDoubtful};
  for (Point& point : result.seed.points) {
    point.x /= picture.width;
    point.y /= picture.height;
  }
  return result;
}

}  // namespace

Result<std::vector<FoundFace>> FaceDetector::find(const image::Image& picture, bool only_if_likely) const {
  EYRIE_CHECK_OK(finders_.ready());
  const image::Pyramid pyramid(picture);
  FaceSearch search(finders_, pyramid, 0);
  EYRIE_CHECK_OK(search.look_briefly());
  if (only_if_likely && search.candidates().empty()) return std::vector<FoundFace>{};
  EYRIE_CHECK_OK(search.look_deeply());
  EYRIE_TRY(std::vector<Sure> faces, look_closely_at_all(finders_, pyramid, search.candidates()));
  for (const double angle : {90, 270, 180}) {
    if (!faces.empty() || only_if_likely) break;
    EYRIE_TRY(faces, find_turned(finders_, pyramid, angle));
  }
  std::vector<FoundFace> results;
  for (const Sure& face : faces) results.push_back(found(face, picture));
  sort_largest_first(results);
  return results;
}

void sort_largest_first(std::vector<FoundFace>& faces) {
  // Of equals, the one found first. Not by std::stable_sort, whose buffer libstdc++ takes by a function that it calls deprecated.
  std::vector<std::pair<double, std::size_t>> order;
  for (const FoundFace& face : faces) order.emplace_back(-face.seed.box.width * face.seed.box.height, order.size());
  std::ranges::sort(order);
  std::vector<FoundFace> sorted;
  for (const auto& [size, index] : order) sorted.push_back(std::move(faces[index]));
  faces = std::move(sorted);
}

}  // namespace eyrie::vision
