#include "vision/faces/parsing/coverings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "vision/faces/description/trait.h"

namespace eyrie::vision {
namespace {

using enum LandmarkType;

// Where yes and no are even, and how fast doubt ends: fitted on 270 FairFace photos labelled by eye, masks on
// 60 of them with a mask painted on.
constexpr double kEvenGlasses = 0.02, kGlassesSlope = 1.6;  // on the logarithm of the share
constexpr double kEvenHat = 0.38, kHatSlope = 12;
constexpr double kEvenMouth = 0.27, kMouthSlope = 12;
constexpr double kEvenNose = 0.45, kNoseSlope = 8;
constexpr double kEvenDifference = 8, kDifferenceSlope = 0.5;  // of colours

// Pixels. The network sees no mouth in smaller faces, covered or not (COCO: 3 of 3 wrong).
constexpr double kLeastFace = 64;

// Over this share of the cheeks' luma eyes are behind no sunglasses, whatever else is seen (under one in ten by sunglasses_in()).
constexpr double kDarkEyes = 0.5;

// As many faces are covered by what nothing here tells: hands, cups, other heads.
constexpr double kUntold = 0.05;

Point between(const Point& a, const Point& b) {
  return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

std::array<Spot, 2> round_eyes(const UprightFace& face, double across, double down) {
  const double width = face.eye_width();
  return {{{face[kEyeLeft], across * width, down * width}, {face[kEyeRight], across * width, down * width}}};
}

// The luma of the eyes by that of the cheeks.
double darkness_of_eyes(const UprightFace& face, const FaceColors& colors) {
  const double radius = face.eye_distance() / 4;
  const std::array<Spot, 2> cheeks{{{between(face[kNoseLeft], face[kMidJawlineLeft]), radius, radius},
                                    {between(face[kNoseRight], face[kMidJawlineRight]), radius, radius}}};
  return colors.mean_luma(round_eyes(face, 0.5, 0.3)) / std::max(colors.mean_luma(cheeks), 5.0);
}

double glasses_in(const UprightFace& face, const FaceParts& parts) {
  return parts.share({FacePart::kEyeglasses}, round_eyes(face, 0.9, 0.6));
}

// Sunglasses are dark, show no eyes, and are glasses or something that the network does not know, seldom
// sockets in the shade.
double sunglasses_in(const UprightFace& face, const FaceParts& parts, const FaceColors& colors) {
  const double glasses = std::clamp(glasses_in(face, parts), 0.002, 0.05);
  const double eyes = parts.share({FacePart::kLeftEye, FacePart::kRightEye}, round_eyes(face, 0.5, 0.3));
  return logistic(25 * (0.4 - darkness_of_eyes(face, colors)) + 1.2 * std::log(glasses / kEvenGlasses) -
                  12 * std::max(0.0, eyes - 0.2) - 1);
}

// How far the lower face's colour is from the forehead's; lightness, which shade changes, counts less.
double difference_below(const UprightFace& face, const FaceColors& colors) {
  const double unit = face.eye_distance();
  Point brows = between(face[kLeftEyeBrowRight], face[kRightEyeBrowLeft]);
  brows.y -= 0.12 * unit;
  const std::array<Spot, 1> forehead{{{brows, 0.3 * unit, 0.12 * unit}}};
  const std::array<Spot, 1> below{{{between(face[kMouthUp], face[kMouthDown]), 0.45 * unit, 0.3 * unit}}};
  const Lab a = colors.median(forehead);
  const Lab b = colors.median(below);
  return std::max(std::hypot(a.a - b.a, a.b - b.b), 0.4 * std::abs(a.l - b.l));
}

double mouth_hidden(const UprightFace& face, const FaceParts& parts) {
  if (face.turned_away() || face.side() < kLeastFace) return 0;
  const double height = std::abs(face[kMouthDown].y - face[kMouthUp].y) / 2;
  const std::array<Spot, 1> mouth{{{between(face[kMouthUp], face[kMouthDown]), face.mouth_width() / 2,
                                    std::max(height, face.mouth_width() / 8)}}};
  const double seen = parts.share({FacePart::kMouth, FacePart::kUpperLip, FacePart::kLowerLip}, mouth);
  return logistic(kMouthSlope * (kEvenMouth - seen));
}

double nose_hidden(const UprightFace& face, const FaceParts& parts) {
  if (face.turned_away()) return 0;
  const double unit = face.eye_distance();
  const std::array<Spot, 1> nose{{{face[kNose], 0.18 * unit, 0.15 * unit}}};
  return logistic(kNoseSlope * (kEvenNose - parts.share({FacePart::kNose}, nose)));
}

double hat_over(const UprightFace& face, const FaceParts& parts) {
  const double brows = std::min(face[kLeftEyeBrowUp].y, face[kRightEyeBrowUp].y);
  return logistic(kHatSlope * (parts.share({FacePart::kHat}, parts.grid().above(brows)) - kEvenHat));
}

}  // namespace

double Coverings::occluded() const {
  return std::max({sunglasses, mask, kUntold});
}

Coverings coverings_of(const UprightFace& face, const FaceParts& parts, const FaceColors& colors) {
  Coverings on;
  const double glasses = std::max(glasses_in(face, parts), 1e-4);
  on.sunglasses = sunglasses_in(face, parts, colors);
  on.eyeglasses = std::max(logistic(kGlassesSlope * std::log(glasses / kEvenGlasses)), on.sunglasses);
  on.mouth_hidden = mouth_hidden(face, parts);
  on.nose_hidden = nose_hidden(face, parts);
  // A mask leaves no mouth to be seen, and has a colour of its own. The network calls it skin.
  on.mask = on.mouth_hidden * logistic(kDifferenceSlope * (difference_below(face, colors) - kEvenDifference));
  on.hat = hat_over(face, parts);
  return on;
}

bool eyes_may_be_hidden(const UprightFace& face, const FaceColors& colors) {
  return darkness_of_eyes(face, colors) < kDarkEyes;
}

double open_behind(double sunglasses, double seems_open) {
  constexpr double kUnseen = 0.5;
  return (1 - sunglasses) * seems_open + sunglasses * kUnseen;
}

}  // namespace eyrie::vision
