// Faces as FaceDetail and ComparedFace.
#include "analysis/answer.h"
#include "analysis/answer_parts.h"

namespace eyrie::analysis {
namespace {

// Eyes, nose and corners of the mouth: what comes where not every attribute was asked for.
constexpr auto kLastBasicLandmark = vision::LandmarkType::kMouthRight;

json::array landmarks_answer(const std::vector<vision::Landmark>& landmarks, bool all) {
  json::array list;
  for (const vision::Landmark& landmark : landmarks) {
    if (!all && landmark.type > kLastBasicLandmark) continue;
    list.push_back(json::object{{"Type", vision::landmark_name(landmark.type)},
                                {"X", ratio_number(landmark.at.x)},
                                {"Y", ratio_number(landmark.at.y)}});
  }
  return list;
}

json::array emotions_answer(const std::vector<vision::Emotion>& emotions) {
  json::array list;
  for (const vision::Emotion& emotion : emotions) {
    list.push_back(json::object{{"Type", emotion.type}, {"Confidence", percent_number(emotion.confidence)}});
  }
  return list;
}

// What both shapes have of every face.
void add_basics(const vision::Face& face, bool all_landmarks, json::object& answer) {
  answer["Landmarks"] = landmarks_answer(face.landmarks, all_landmarks);
  answer["Pose"] = json::object{{"Roll", degree_number(face.pose.roll)},
                                {"Yaw", degree_number(face.pose.yaw)},
                                {"Pitch", degree_number(face.pose.pitch)}};
  answer["Quality"] = json::object{{"Brightness", percent_number(face.quality.brightness)},
                                   {"Sharpness", percent_number(face.quality.sharpness)}};
  answer["Confidence"] = percent_number(face.confidence);
}

}  // namespace

json::object face_detail(const vision::Face& face, bool all) {
  json::object answer{{"BoundingBox", box_answer(face.box)}};
  auto trait = [&](const char* name, const std::optional<vision::Trait>& value) {
    if (value) answer[name] = trait_answer(*value);
  };
  if (face.age_range) {
    answer["AgeRange"] = json::object{{"Low", face.age_range->first}, {"High", face.age_range->second}};
  }
  trait("Smile", face.smile);
  trait("Eyeglasses", face.eyeglasses);
  trait("Sunglasses", face.sunglasses);
  if (face.gender) {
    answer["Gender"] =
        json::object{{"Value", face.gender->first == vision::Gender::kMale ? "Male" : "Female"},
                     {"Confidence", percent_number(face.gender->second)}};
  }
  trait("Beard", face.beard);
  trait("Mustache", face.mustache);
  trait("EyesOpen", face.eyes_open);
  trait("MouthOpen", face.mouth_open);
  if (!face.emotions.empty()) answer["Emotions"] = emotions_answer(face.emotions);
  add_basics(face, all, answer);
  trait("FaceOccluded", face.occluded);
  if (face.eye_direction) {
    answer["EyeDirection"] = json::object{{"Yaw", degree_number(face.eye_direction->yaw)},
                                          {"Pitch", degree_number(face.eye_direction->pitch)},
                                          {"Confidence", percent_number(face.eye_direction->confidence)}};
  }
  return answer;
}

json::object compared_face(const vision::Face& face) {
  json::object answer{{"BoundingBox", box_answer(face.box)}};
  add_basics(face, false, answer);
  if (!face.emotions.empty()) answer["Emotions"] = emotions_answer(face.emotions);
  if (face.smile) answer["Smile"] = trait_answer(*face.smile);
  return answer;
}

json::object detect_faces_answer(const std::vector<vision::Face>& faces, bool all) {
  json::array list;
  list.reserve(faces.size());
  for (const vision::Face& face : faces) list.push_back(face_detail(face, all));
  return {{"FaceDetails", std::move(list)}};
}

}  // namespace eyrie::analysis
