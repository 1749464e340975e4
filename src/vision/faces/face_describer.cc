#include "vision/faces/face_describer.h"

#include <numbers>
#include <optional>

#include "vision/faces/description/age_gender.h"
#include "vision/faces/description/emotion.h"
#include "vision/faces/description/expression.h"
#include "vision/faces/description/landmarks.h"
#include "vision/faces/description/pose.h"
#include "vision/faces/description/trait.h"
#include "vision/faces/parsing/coverings.h"
#include "vision/faces/parsing/facial_hair.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {
namespace {

constexpr std::uint32_t kExpression = kSmile | kMouthOpen | kEyesOpen | kEyeDirection;
constexpr std::uint32_t kHair = kBeard | kMustache;
constexpr std::uint32_t kEyes = kEyesOpen | kEyeDirection;
constexpr std::uint32_t kCovered = kEyeglasses | kSunglasses | kFaceOccluded;

// What is said where no mesh tells: nothing of the mouth, and that eyes are open, as they are in nine faces
// of ten.
constexpr double kUnknown = 0.5;
constexpr double kUsuallyOpen = 0.9;

// A detector's box by the face's points.
constexpr double kPointsByBox = 1.1;

// What is known of a face once its mesh is.
struct FaceLook {
  const image::Image& picture;
  const FaceMesh& mesh;
  FaceSquare square;            // the smallest round the face
  std::optional<double> smile;  // how likely
};

FaceLook look_at(const image::Image& picture, const FaceSeed& seed, const FaceMesh& mesh, Face& face) {
  if (mesh.trusted()) {
    face.landmarks = landmarks_of(mesh, picture);
    face.pose = pose_of(mesh);
    return FaceLook{picture, mesh, square_of(mesh), {}};
  }
  const HeadFit head = fit_head(seed, picture);
  face.landmarks = landmarks_of(head);
  face.pose = head.pose;
  FaceSquare square = square_of(seed, picture).scaled(kPointsByBox);
  square.angle = head.pose.roll * std::numbers::pi / 180;  // the eyes of a profile are too close to tell
  return FaceLook{picture, mesh, square, {}};
}

void guess_expression(std::uint32_t asked, Face& face) {
  if (asked & kMouthOpen) face.mouth_open = trait_of(kUnknown);
  if (asked & kEyesOpen) face.eyes_open = trait_of(kUsuallyOpen);
  if (asked & kEyeDirection) face.eye_direction = EyeDirection{};
}

Status describe_expression(const Networks& networks, std::uint32_t asked, FaceLook& look, Face& face) {
  if (!look.mesh.trusted()) {
    guess_expression(asked, face);
    return {};
  }
  if (asked & kMouthOpen) face.mouth_open = trait_of(open_mouth_in(look.mesh));
  if (!(asked & (kSmile | kEyesOpen | kEyeDirection | kEmotions))) return {};
  EYRIE_TRY(Network* const network, networks.require(Role::kFaceBlendshapes));
  EYRIE_TRY(const Blendshapes shapes, find_blendshapes(*network, look.mesh));
  const double open_eyes = open_eyes_in(look.mesh, shapes);
  look.smile = smile_in(shapes);
  if (asked & kSmile) face.smile = trait_of(*look.smile);
  if (asked & kEyesOpen) face.eyes_open = trait_of(open_eyes);
  if (asked & kEyeDirection) face.eye_direction = gaze_in(shapes, open_eyes);
  return {};
}

Status describe_emotions(const Networks& networks, std::uint32_t asked, const FaceLook& look, Face& face) {
  EYRIE_TRY(Network* const network, networks.require(Role::kFaceEmotion));
  EYRIE_TRY(const std::vector<float> shares, find_emotions(*network, look.picture, look.square));
  std::vector<Emotion> emotions = emotions_of(network->pack().classes, shares, look.smile);
  if (asked & kSmile && !look.smile) face.smile = trait_of(confidence_in("HAPPY", emotions) / 100);
  if (asked & kEmotions) face.emotions = std::move(emotions);
  return {};
}

// Beards are looked for on men alone.
Status describe_age_and_gender(const Networks& networks, std::uint32_t asked, const FaceLook& look, Face& face) {
  EYRIE_TRY(Network* const network, networks.require(Role::kFaceAttributes));
  EYRIE_TRY(const AgeGender found, find_age_gender(*network, look.picture, look.square));
  if (asked & kAgeRange) face.age_range = age_range_of(found);
  if (asked & kGender) face.gender = gender_of(found);
  if (!(asked & kHair)) return {};
  const auto [gender, confidence] = gender_of(found);
  const double male = gender == Gender::kMale ? confidence / 100 : 1 - confidence / 100;
  const UprightFace upright(face, look.picture);
  const FacialHair hair = facial_hair_of(upright, FaceColors(look.picture, upright), male, years_of(found));
  if (asked & kBeard) face.beard = trait_of(hair.beard);
  if (asked & kMustache) face.mustache = trait_of(hair.mustache);
  return {};
}

// What is told of eyes holds as far as they are seen.
void doubt_hidden_eyes(double sunglasses, Face& face) {
  if (face.eyes_open) face.eyes_open = trait_of(open_behind(sunglasses, probability_of(*face.eyes_open)));
  if (face.eye_direction) face.eye_direction->confidence *= 1 - sunglasses;
}

Status describe_coverings(const Networks& networks, std::uint32_t asked, const FaceLook& look, Face& face) {
  const UprightFace upright(face, look.picture);
  const FaceColors colors(look.picture, upright);
  const bool doubt_eyes = asked & kEyes && eyes_may_be_hidden(upright, colors);
  if (!(asked & kCovered) && !doubt_eyes) return {};
  EYRIE_TRY(Network* const network, networks.require(Role::kFaceParsing));
  EYRIE_TRY(const FaceParts parts, find_parts(*network, look.picture, upright));
  const Coverings on = coverings_of(upright, parts, colors);
  if (doubt_eyes) doubt_hidden_eyes(on.sunglasses, face);
  if (asked & kEyeglasses) face.eyeglasses = trait_of(on.eyeglasses);
  if (asked & kSunglasses) face.sunglasses = trait_of(on.sunglasses);
  if (asked & kFaceOccluded) face.occluded = trait_of(on.occluded());
  return {};
}

}  // namespace

Status FaceDescriber::describe(const image::Image& picture, const FaceSeed& seed, const FaceMesh& mesh,
                               std::uint32_t attributes, Face& face) const {
  FaceLook look = look_at(picture, seed, mesh, face);
  if (attributes & (kExpression | kEmotions))
    EYRIE_CHECK_OK(describe_expression(networks_, attributes, look, face));
  const bool smile_is_open = attributes & kSmile && !look.smile;
  if (attributes & kEmotions || smile_is_open)
    EYRIE_CHECK_OK(describe_emotions(networks_, attributes, look, face));
  if (attributes & (kAgeRange | kGender | kHair))
    EYRIE_CHECK_OK(describe_age_and_gender(networks_, attributes, look, face));
  if (attributes & (kCovered | kEyes)) EYRIE_CHECK_OK(describe_coverings(networks_, attributes, look, face));
  return {};
}

}  // namespace eyrie::vision
