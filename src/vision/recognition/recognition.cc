#include "vision/recognition/recognition.h"

namespace eyrie::vision {

std::string_view landmark_name(LandmarkType type) {
  static constexpr std::array<std::string_view, kLandmarkTypes> kNames{
      "eyeLeft",          "eyeRight",        "nose",            "mouthLeft",         "mouthRight",
      "leftPupil",        "rightPupil",      "leftEyeBrowLeft", "leftEyeBrowRight",  "leftEyeBrowUp",
      "rightEyeBrowLeft", "rightEyeBrowRight", "rightEyeBrowUp", "leftEyeLeft",      "leftEyeRight",
      "leftEyeUp",        "leftEyeDown",     "rightEyeLeft",    "rightEyeRight",     "rightEyeUp",
      "rightEyeDown",     "noseLeft",        "noseRight",       "mouthUp",           "mouthDown",
      "upperJawlineLeft", "midJawlineLeft",  "chinBottom",      "midJawlineRight",   "upperJawlineRight"};
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace eyrie::vision
