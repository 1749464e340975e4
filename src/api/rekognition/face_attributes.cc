#include "api/rekognition/face_attributes.h"

namespace eyrie::api::rekognition {
namespace {

std::uint32_t bits_of(std::string_view attribute) {
  static constexpr std::pair<std::string_view, std::uint32_t> kBits[] = {
      {"ALL", vision::kAllFaceAttributes},
      {"AGE_RANGE", vision::kAgeRange},
      {"BEARD", vision::kBeard},
      {"EMOTIONS", vision::kEmotions},
      {"EYE_DIRECTION", vision::kEyeDirection},
      {"EYEGLASSES", vision::kEyeglasses},
      {"EYES_OPEN", vision::kEyesOpen},
      {"GENDER", vision::kGender},
      {"MOUTH_OPEN", vision::kMouthOpen},
      {"MUSTACHE", vision::kMustache},
      {"FACE_OCCLUDED", vision::kFaceOccluded},
      {"SMILE", vision::kSmile},
      {"SUNGLASSES", vision::kSunglasses}};
  for (const auto& [name, bits] : kBits) {
    if (name == attribute) return bits;
  }
  return 0;  // DEFAULT, which always comes
}

}  // namespace

Field<FaceAttributes> face_attributes(const json::object& request, std::string_view name,
                                      const std::string& path) {
  EYRIE_TRY(const auto asked,
            enum_list_field(
                request, name, path,
                {"DEFAULT", "ALL", "AGE_RANGE", "BEARD", "EMOTIONS", "EYE_DIRECTION", "EYEGLASSES",
                 "EYES_OPEN", "GENDER", "MOUTH_OPEN", "MUSTACHE", "FACE_OCCLUDED", "SMILE", "SUNGLASSES"}));
  FaceAttributes attributes;
  for (const std::string& attribute : asked) {
    attributes.bits |= bits_of(attribute);
    attributes.all_landmarks = attributes.all_landmarks || attribute == "ALL";
  }
  return attributes;
}

}  // namespace eyrie::api::rekognition
