#include "vision/faces/parsing/facial_hair.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "vision/faces/description/trait.h"

namespace eyrie::vision {
namespace {

using enum LandmarkType;

// Fitted on 107 FairFace photos of grown men, labelled by eye.
constexpr double kEvenBeard = 0.45, kBeardSlope = 6;
constexpr double kEvenMustache = 0.5, kMustacheSlope = 6;
// As common as they are on grown men: what is said of a face from the side.
constexpr double kUsualBeard = 0.15, kUsualMustache = 0.2;
// As many men have one where none is told.
constexpr double kMissedBeard = 0.06, kMissedMustache = 0.1;
// Between these ages hair grows on faces.
constexpr double kNoHairYet = 12, kGrown = 18;

Point mix(const Point& a, double share_of_a, const Point& b) {
  return {share_of_a * a.x + (1 - share_of_a) * b.x, share_of_a * a.y + (1 - share_of_a) * b.y};
}

std::array<Spot, 2> cheeks(const UprightFace& face) {
  const double radius = 0.16 * face.eye_distance();
  const auto cheek = [&](LandmarkType nose, LandmarkType jaw, LandmarkType eye) {
    const Point outer = mix(face[jaw], 0.25 / 0.45, face[eye]);
    return Spot{mix(face[nose], 0.55, outer), radius, radius};
  };
  return {cheek(kNoseLeft, kMidJawlineLeft, kLeftEyeDown),
          cheek(kNoseRight, kMidJawlineRight, kRightEyeDown)};
}

// How much less colourful, and how much darker or lighter, than the cheeks.
struct Change {
  double paler = 0, darker = 0;
};
Change change(const Lab& cheek, const Lab& spot) {
  return {.paler = (cheek.chroma() - spot.chroma()) / std::max(cheek.chroma(), 4.0),
          .darker = (cheek.l - spot.l) / std::max(cheek.l, 5.0)};
}

}  // namespace

FacialHair facial_hair_of(const UprightFace& face, const FaceColors& colors, double male, double years) {
  const double grown = male * std::clamp((years - kNoHairYet) / (kGrown - kNoHairYet), 0.0, 1.0);
  if (face.turned_away()) return {.beard = grown * kUsualBeard, .mustache = grown * kUsualMustache};
  const double eyes = face.eye_distance();
  const double mouth = face.mouth_width();
  const std::array<Spot, 2> jaw{
      {{mix(face[kMouthLeft], 0.45, face[kMidJawlineLeft]), 0.13 * eyes, 0.13 * eyes},
       {mix(face[kMouthRight], 0.45, face[kMidJawlineRight]), 0.13 * eyes, 0.13 * eyes}}};
  const std::array<Spot, 1> chin{
      {{mix(face[kMouthDown], 0.45, face[kChinBottom]), 0.35 * mouth, 0.18 * mouth}}};
  const std::array<Spot, 1> lip{
      {{mix(face[kMouthUp], 0.65, mix(face[kNoseLeft], 0.5, face[kNoseRight])), 0.28 * mouth, 0.09 * mouth}}};
  const Lab cheek = colors.median(cheeks(face));
  const Change at_jaw = change(cheek, colors.median(jaw));
  const Change at_chin = change(cheek, colors.median(chin));
  const Change at_lip = change(cheek, colors.median(lip));
  const double beard = (at_jaw.paler + 0.5 * at_chin.paler + 0.5 * at_lip.paler) / 2 + 0.3 * at_lip.darker;
  const double mustache = at_lip.paler + 0.5 * std::abs(at_lip.darker);
  return {
      .beard = grown * std::max(kMissedBeard, logistic(kBeardSlope * (beard - kEvenBeard))),
      .mustache = grown * std::max(kMissedMustache, logistic(kMustacheSlope * (mustache - kEvenMustache)))};
}

}  // namespace eyrie::vision
