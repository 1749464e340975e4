#include "vision/equipment/equipment_finder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "vision/equipment/persons.h"
#include "vision/faces/description/trait.h"
#include "vision/faces/parsing/coverings.h"

namespace eyrie::vision {
namespace {

using enum LandmarkType;

// Beards, hands and blur hide mouths too, and are commoner than masks: docs/vision.md.
constexpr double kLeastFaceCover = 0.85;
constexpr double kLeastHeadCover = 0.5;

// What the tagger calls the whole picture may lend a face this much of its confidence.
constexpr double kLent = 0.7;

struct TaggerEvidence {
  double face_cover = 0, head_cover = 0;  // 0..1
};

double surest(const Fusion& seen, std::initializer_list<std::string_view> labels) {
  double most = 0;
  for (const std::string_view label : labels) most = std::max(most, seen.confidence(label));
  return most;
}

TaggerEvidence evidence_of(const Fusion& seen) {
  return {.face_cover = surest(seen, {"Mask", "Gas Mask", "Oxygen Mask", "Ski Mask"}),
          .head_cover = surest(seen, {"Helmet", "Crash Helmet", "Football Helmet", "Hardhat"})};
}

// Two witnesses that do not know of each other; the second is heard only as far as `possible`.
double either(double own, double lent, double possible) {
  return 1 - (1 - own) * (1 - kLent * lent * possible);
}

double percent(double likely) {
  return std::min(kMostConfident, 100 * likely);
}

// From the nose's bridge to the chin, ear to ear.
BoundingBox lower_face(const Face& face) {
  Point least{1e18, 1e18}, most{-1e18, -1e18};
  for (const Landmark& landmark : face.landmarks) {
    constexpr std::array kRound{kNose,      kChinBottom, kMidJawlineLeft, kMidJawlineRight,
                                kMouthLeft, kMouthRight};
    if (std::ranges::find(kRound, landmark.type) == kRound.end()) continue;
    least = {std::min(least.x, landmark.at.x), std::min(least.y, landmark.at.y)};
    most = {std::max(most.x, landmark.at.x), std::max(most.y, landmark.at.y)};
  }
  return {least.x, least.y, most.x - least.x, most.y - least.y};
}

std::optional<Equipment> face_cover(const Face& face, const Coverings& on, const TaggerEvidence& tags) {
  const double likely = either(on.mask, tags.face_cover, on.mouth_hidden);
  if (likely < kLeastFaceCover) return std::nullopt;
  return Equipment{.type = EquipmentType::kFaceCover,
                   .box = lower_face(face),
                   .confidence = percent(likely),
                   .covers_part = trait_of(on.nose_hidden)};  // one below the nose covers nothing
}

// The hat's cells down to the eyes: what the network calls a hat below them is a collar or a shawl.
std::vector<std::size_t> cells_of_hat(const UprightFace& face, const FaceParts& parts) {
  const std::vector<std::size_t> above = parts.grid().above((face[kEyeLeft].y + face[kEyeRight].y) / 2);
  std::vector<std::size_t> cells = parts.cells_of(FacePart::kHat);
  std::erase_if(cells, [&](std::size_t cell) { return !std::ranges::binary_search(above, cell); });
  return cells;
}

std::optional<Equipment> head_cover(const UprightFace& face, const FaceParts& parts,
                                    const image::Image& picture, const Coverings& on,
                                    const TaggerEvidence& tags) {
  const double likely = either(on.hat, tags.head_cover, std::min(1.0, 2 * on.hat));
  const std::vector<std::size_t> cells = cells_of_hat(face, parts);
  if (likely < kLeastHeadCover || cells.empty()) return std::nullopt;
  return Equipment{.type = EquipmentType::kHeadCover,
                   .box = parts.grid().bounds(cells, picture),
                   .confidence = percent(likely),
                   .covers_part = trait_of(likely)};
}

}  // namespace

Result<std::vector<ProtectedPerson>> EquipmentFinder::find(const image::Image& picture,
                                                           const Fusion& seen, Pass& pass) const {
  std::vector<ProtectedPerson> persons = persons_of(seen.instances("Person"), kMaxPersons);
  if (persons.empty()) return persons;
  EYRIE_TRY(Network* const parsing, networks_.require(Role::kFaceParsing));
  EYRIE_TRY(const std::vector<Face> faces, faces_.analyze(picture, {}, pass));
  const std::vector<std::optional<std::size_t>> owned = faces_of(persons, faces);
  const TaggerEvidence tags = evidence_of(seen);
  for (ProtectedPerson& person : persons) {
    const std::optional<std::size_t> index = owned[static_cast<std::size_t>(person.id)];
    if (!index) continue;
    const Face& face = faces[*index];
    const UprightFace upright(face, picture);
    EYRIE_TRY(const FaceParts parts, find_parts(*parsing, picture, upright));
    const Coverings on = coverings_of(upright, parts, FaceColors(picture, upright));
    BodyPart front{.type = BodyPartType::kFace, .confidence = face.confidence};
    if (auto cover = face_cover(face, on, tags)) front.equipment.push_back(*cover);
    BodyPart head{.type = BodyPartType::kHead, .confidence = face.confidence};
    if (auto cover = head_cover(upright, parts, picture, on, tags)) head.equipment.push_back(*cover);
    person.parts = {std::move(front), std::move(head)};
  }
  return persons;
}

}  // namespace eyrie::vision
