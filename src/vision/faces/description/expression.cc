#include "vision/faces/description/expression.h"

#include <cmath>
#include <cstring>
#include <string>

#include "vision/faces/description/trait.h"

namespace eyrie::vision {
namespace {

constexpr std::array<std::uint16_t, 146> kPointsRead{
    0,   1,   4,   5,   6,   7,   8,   10,  13,  14,  17,  21,  33,  37,  39,  40,  46,  52,  53,  54,  55,
    58,  61,  63,  65,  66,  67,  70,  78,  80,  81,  82,  84,  87,  88,  91,  93,  95,  103, 105, 107, 109,
    127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163,
    168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283,
    284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334,
    336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389,
    390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477};

// Judged by eye on FairFace photos (docs/vision.md): where yes and no are even, and how fast doubt ends.
constexpr double kEvenSmile = 0.35, kSmileSlope = 10;
constexpr double kEvenMouth = 0.1, kMouthSlope = 40;  // gap between the lips by the mouth's width
constexpr double kEvenLids = 0.15, kLidSlope = 15;    // gap between the lids by the eye's width
constexpr double kEvenBlink = 0.45, kBlinkSlope = 6;

// Degrees of an eye turned as far as its blendshape can say.
constexpr double kFullSideways = 35;
constexpr double kFullUpDown = 25;

double share(const FaceMesh& mesh, std::size_t top, std::size_t bottom, std::size_t left, std::size_t right) {
  const double width = distance(mesh.points[left], mesh.points[right]);
  return width > 0 ? distance(mesh.points[top], mesh.points[bottom]) / width : 0;
}

double mean(const Blendshapes& shapes, Blendshape a, Blendshape b) {
  return (shapes[a] + shapes[b]) / 2;
}

}  // namespace

Result<Blendshapes> find_blendshapes(Network& network, const FaceMesh& mesh) {
  // The network reads an upright face; its scale and place do not matter.
  const double angle = square_of(mesh).angle;
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  std::array<float, kPointsRead.size() * 2> places;
  for (std::size_t i = 0; i < kPointsRead.size(); ++i) {
    const MeshPoint& point = mesh.points[kPointsRead[i]];
    places[i * 2] = static_cast<float>(point.x * c + point.y * s);
    places[i * 2 + 1] = static_cast<float>(point.y * c - point.x * s);
  }
  Tensor input{.shape = {1, kPointsRead.size(), 2}, .bytes = std::vector<std::uint8_t>(sizeof places)};
  std::memcpy(input.bytes.data(), places.data(), sizeof places);
  EYRIE_TRY(const Session::Outputs outputs, network.run(input));
  if (outputs.size() != 1 || outputs[0].values.size() != kBlendshapes)
    return fail(Code::kInternal, network.pack().id + ": not 52 blendshapes");
  Blendshapes shapes;
  for (std::size_t i = 0; i < kBlendshapes; ++i) {
    if (!std::isfinite(outputs[0].values[i]))
      return fail(Code::kInternal, network.pack().id + ": a blendshape is not finite");
    shapes[i] = outputs[0].values[i];
  }
  return shapes;
}

double smile_in(const Blendshapes& shapes) {
  return logistic(kSmileSlope * (mean(shapes, kMouthSmileLeft, kMouthSmileRight) - kEvenSmile));
}

double open_mouth_in(const FaceMesh& mesh) {
  return logistic(kMouthSlope * (share(mesh, 13, 14, 78, 308) - kEvenMouth));
}

double open_eyes_in(const FaceMesh& mesh, const Blendshapes& shapes) {
  const double lids = (share(mesh, 159, 145, 33, 133) + share(mesh, 386, 374, 362, 263)) / 2;
  const double blink = mean(shapes, kEyeBlinkLeft, kEyeBlinkRight);
  return logistic(kLidSlope * (lids - kEvenLids) - kBlinkSlope * (blink - kEvenBlink));
}

EyeDirection gaze_in(const Blendshapes& shapes, double open_eyes) {
  // The person's left is the viewer's right.
  const double right = mean(shapes, kEyeLookOutLeft, kEyeLookInRight);
  const double left = mean(shapes, kEyeLookInLeft, kEyeLookOutRight);
  const double up = mean(shapes, kEyeLookUpLeft, kEyeLookUpRight);
  const double down = mean(shapes, kEyeLookDownLeft, kEyeLookDownRight);
  return {.yaw = kFullSideways * (right - left),
          .pitch = kFullUpDown * (up - down),
          .confidence = std::min(kMostConfident, 100 * open_eyes)};
}

}  // namespace eyrie::vision
