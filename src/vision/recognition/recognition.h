// What a picture was found to hold, in Rekognition's terms: plain data, one struct for each kind of answer.
//
// Units: confidences, qualities and similarities are 0..100; boxes and points are ratios of the upright picture's width
// and height, origin top left (faces at an edge may reach below 0 or above 1); angles are degrees.
// Thread safety: plain data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eyrie::vision {

// Confidences and similarities are told with four decimals. What is told as so much belongs to the answer for those who ask for as much.
inline constexpr double kToldStep = 1e-4;
constexpr bool reaches(double confidence, double least) {
  return confidence + kToldStep / 2 >= least;
}

struct Point {
  double x = 0, y = 0;
};

struct BoundingBox {
  double left = 0, top = 0, width = 0, height = 0;
};

// ---- labels

struct DominantColor {
  std::uint8_t red = 0, green = 0, blue = 0;
  std::string_view simplified;  // one of Rekognition's 12: "red", "grey", ...
  std::string_view css;         // the nearest colour that CSS names: "darkslategrey"
  double percent = 0;           // of the region's pixels
};

struct Instance {
  BoundingBox box;
  double confidence = 0;
  std::vector<DominantColor> colors = {};  // where image properties were asked for too; largest share first
};

struct Label {
  std::string name;  // "Mobile Phone"
  double confidence = 0;
  std::vector<Instance> instances;   // highest confidence first
  std::vector<std::string> parents;  // every ancestor, nearest first
  std::vector<std::string> aliases;
  std::vector<std::string> categories;
};

// ---- image properties

struct RegionProperties {
  double brightness = 0, sharpness = 0, contrast = 0;  // 0..100
  std::vector<DominantColor> colors;                   // largest share first
};

struct ImageProperties {
  RegionProperties whole;
  // Absent where nothing stands out from the rest.
  std::optional<RegionProperties> foreground, background;
};

// ---- faces

enum class LandmarkType {
  kEyeLeft, kEyeRight, kNose, kMouthLeft, kMouthRight,
  kLeftPupil, kRightPupil,
  kLeftEyeBrowLeft, kLeftEyeBrowRight, kLeftEyeBrowUp,
  kRightEyeBrowLeft, kRightEyeBrowRight, kRightEyeBrowUp,
  kLeftEyeLeft, kLeftEyeRight, kLeftEyeUp, kLeftEyeDown,
  kRightEyeLeft, kRightEyeRight, kRightEyeUp, kRightEyeDown,
  kNoseLeft, kNoseRight, kMouthUp, kMouthDown,
  kUpperJawlineLeft, kMidJawlineLeft, kChinBottom, kMidJawlineRight, kUpperJawlineRight,
};
inline constexpr std::size_t kLandmarkTypes = 30;
// As the service description spells it: "eyeLeft".
std::string_view landmark_name(LandmarkType type);

struct Landmark {
  LandmarkType type = LandmarkType::kNose;
  Point at;
};

// Roll: turned in the picture's plane, clockwise positive. Yaw: to the side. Pitch: up positive.
struct Pose {
  double roll = 0, yaw = 0, pitch = 0;
};

struct FaceQuality {
  double brightness = 0, sharpness = 0;
};

// A yes or no, and how sure.
struct Trait {
  bool value = false;
  double confidence = 0;
};

struct Emotion {
  std::string_view type;  // "HAPPY"
  double confidence = 0;
};

struct EyeDirection {
  double yaw = 0, pitch = 0, confidence = 0;
};

enum class Gender { kMale, kFemale };

struct Face {
  BoundingBox box;
  double confidence = 0;
  std::vector<Landmark> landmarks;
  Pose pose;
  FaceQuality quality;
  // What was not asked for is absent.
  std::optional<std::pair<int, int>> age_range;  // years, low and high
  std::optional<std::pair<Gender, double>> gender;
  std::optional<Trait> smile, eyeglasses, sunglasses, beard, mustache, eyes_open, mouth_open, occluded;
  std::vector<Emotion> emotions;  // surest first
  std::optional<EyeDirection> eye_direction;
  // Of unit length; two of one model are compared by similarity() (vision/faces/similarity.h).
  std::vector<float> embedding;
};

// ---- text

enum class TextType { kLine, kWord };

struct TextDetection {
  std::string text;  // UTF-8
  TextType type = TextType::kLine;
  int id = 0;                    // lines first, from 0
  std::optional<int> parent_id;  // of a word: its line
  double confidence = 0;
  BoundingBox box;                // the polygon's upright bounds
  std::array<Point, 4> polygon;   // clockwise, from the text's own top left
  double rotation = 0;            // degrees, clockwise
};

// ---- moderation

struct ModerationLabel {
  std::string_view name, parent;  // parent: "" at the first level
  int level = 1;                  // 1..3 of taxonomy version 7
  double confidence = 0;
};

struct ContentType {
  std::string_view name;  // "Illustrated", "Animated"
  double confidence = 0;
};

struct Moderation {
  std::vector<ModerationLabel> labels;  // surest first; every parent of a label is a label too
  std::vector<ContentType> content_types;
};

// ---- protective equipment

enum class EquipmentType { kFaceCover, kHandCover, kHeadCover };
enum class BodyPartType { kFace, kHead, kLeftHand, kRightHand };

struct Equipment {
  EquipmentType type = EquipmentType::kFaceCover;
  BoundingBox box;
  double confidence = 0;
  Trait covers_part;
};

struct BodyPart {
  BodyPartType type = BodyPartType::kFace;
  double confidence = 0;
  std::vector<Equipment> equipment;
};

struct ProtectedPerson {
  int id = 0;  // from 0
  BoundingBox box;
  double confidence = 0;
  std::vector<BodyPart> parts;
};

// ---- all of it

// Parts are absent where they were not asked for, or where a condition of the request kept them out.
struct Recognition {
  std::optional<std::vector<Label>> labels;  // surest first; equal ones by name
  std::optional<ImageProperties> properties;
  std::optional<std::vector<Face>> faces;  // largest first
  std::optional<std::vector<TextDetection>> text;  // lines in reading order, then their words
  std::optional<Moderation> moderation;
  std::optional<std::vector<ProtectedPerson>> equipment;  // largest person first
  // Milliseconds, over all threads that worked on it: everything, and inside the networks.
  double work_ms = 0;
  double inference_ms = 0;
};

}  // namespace eyrie::vision
