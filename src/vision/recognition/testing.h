// For tests: findings with every member set, to different values, so that a member in the wrong place shows.
#pragma once

#include "vision/recognition/recognition.h"
#include "vision/recognition/request.h"

namespace eyrie::vision::testing {

// A face at `left` with every landmark, none of the attributes.
inline Face plain_face(double left = 0.1) {
  Face face{.box = {.left = left, .top = 0.2, .width = 0.3, .height = 0.4},
            .confidence = 99.5,
            .pose = {.roll = -10.5, .yaw = 20.25, .pitch = 3},
            .quality = {.brightness = 80.5, .sharpness = 60.25}};
  for (std::size_t i = 0; i < kLandmarkTypes; ++i) {
    const auto step = static_cast<double>(i) / 100;
    face.landmarks.push_back(
        {.type = static_cast<LandmarkType>(i), .at = {.x = left + step, .y = 0.2 + step}});
  }
  return face;
}

// `attributes`: bits of FaceAttribute; what a recognizer would set for them.
inline void add_attributes(Face& face, std::uint32_t attributes) {
  auto trait = [&](std::uint32_t bit, std::optional<Trait>& into, bool value, double confidence) {
    if ((attributes & bit) != 0) into = Trait{.value = value, .confidence = confidence};
  };
  if ((attributes & kAgeRange) != 0) face.age_range = {19, 27};
  if ((attributes & kGender) != 0) face.gender = {Gender::kFemale, 98.5};
  trait(kSmile, face.smile, true, 91);
  trait(kEyeglasses, face.eyeglasses, false, 92);
  trait(kSunglasses, face.sunglasses, true, 93);
  trait(kBeard, face.beard, false, 94);
  trait(kMustache, face.mustache, true, 95);
  trait(kEyesOpen, face.eyes_open, false, 96);
  trait(kMouthOpen, face.mouth_open, true, 97);
  trait(kFaceOccluded, face.occluded, false, 98);
  if ((attributes & kEmotions) != 0) {
    face.emotions = {{.type = "HAPPY", .confidence = 70.5}, {.type = "CALM", .confidence = 20}};
  }
  if ((attributes & kEyeDirection) != 0) face.eye_direction = {.yaw = 5.5, .pitch = -6.5, .confidence = 88};
}

// A line "Hello world" and its two words.
inline std::vector<TextDetection> two_words() {
  auto part = [](std::string text, TextType type, int id, double left, double width) {
    return TextDetection{
        .text = std::move(text),
        .type = type,
        .id = id,
        .parent_id = type == TextType::kWord ? std::optional(0) : std::nullopt,
        .confidence = 99.0 - id,
        .box = {.left = left, .top = 0.5, .width = width, .height = 0.1},
        .polygon = {Point{left, 0.5}, Point{left + width, 0.5}, Point{left + width, 0.6}, Point{left, 0.6}}};
  };
  return {part("Hello world", TextType::kLine, 0, 0.25, 0.5), part("Hello", TextType::kWord, 1, 0.25, 0.2),
          part("world", TextType::kWord, 2, 0.5, 0.25)};
}

inline RegionProperties region(std::uint8_t shade, double brightness) {
  return {.brightness = brightness,
          .sharpness = 70.5,
          .contrast = 60.25,
          .colors = {{.red = 47,
                      .green = 79,
                      .blue = shade,
                      .simplified = "grey",
                      .css = "darkslategrey",
                      .percent = 39.453125}}};
}

}  // namespace eyrie::vision::testing
