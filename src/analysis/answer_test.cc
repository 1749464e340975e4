// Every shape, member by member: what the service description names, in its types.
#include "analysis/answer.h"

#include <gtest/gtest.h>

#include <limits>

#include "vision/recognition/testing.h"

namespace eyrie::analysis {
namespace {

using namespace vision::testing;

std::string keys(const json::object& object) {
  std::string names;
  for (const auto& [name, value] : object) names += (names.empty() ? "" : " ") + std::string(name);
  return names;
}

std::string landmark_types(const json::object& face) {
  std::string names;
  for (const json::value& landmark : face.at("Landmarks").as_array())
    names.append(names.empty() ? "" : " ").append(landmark.at("Type").as_string());
  return names;
}

constexpr const char* kBox = R"({"Width":0.3,"Height":0.4,"Left":0.1,"Top":0.2})";

TEST(FaceDetail, HasTheBasicsAlways) {
  const json::object face = face_detail(plain_face(), false);
  EXPECT_EQ(keys(face), "BoundingBox Landmarks Pose Quality Confidence");
  EXPECT_EQ(write_json(face.at("BoundingBox")), kBox);
  EXPECT_EQ(write_json(face.at("Pose")), R"({"Roll":-10.5,"Yaw":20.25,"Pitch":3})");
  EXPECT_EQ(write_json(face.at("Quality")), R"({"Brightness":80.5,"Sharpness":60.25})");
  EXPECT_EQ(face.at("Confidence"), 99.5);
  EXPECT_EQ(landmark_types(face), "eyeLeft eyeRight nose mouthLeft mouthRight");
  EXPECT_EQ(write_json(face.at("Landmarks").at(2)), R"({"Type":"nose","X":0.12,"Y":0.22})");
}

TEST(FaceDetail, HasEveryAttributeAndLandmark) {
  vision::Face seen = plain_face();
  add_attributes(seen, vision::kAllFaceAttributes);
  const json::object face = face_detail(seen, true);
  EXPECT_EQ(face.at("Landmarks").as_array().size(), vision::kLandmarkTypes);
  EXPECT_TRUE(landmark_types(face).ends_with("midJawlineRight upperJawlineRight"));
  const std::pair<const char*, const char*> members[] = {
      {"AgeRange", R"({"Low":19,"High":27})"},
      {"Smile", R"({"Value":true,"Confidence":91})"},
      {"Eyeglasses", R"({"Value":false,"Confidence":92})"},
      {"Sunglasses", R"({"Value":true,"Confidence":93})"},
      {"Gender", R"({"Value":"Female","Confidence":98.5})"},
      {"Beard", R"({"Value":false,"Confidence":94})"},
      {"Mustache", R"({"Value":true,"Confidence":95})"},
      {"EyesOpen", R"({"Value":false,"Confidence":96})"},
      {"MouthOpen", R"({"Value":true,"Confidence":97})"},
      {"FaceOccluded", R"({"Value":false,"Confidence":98})"},
      {"Emotions", R"([{"Type":"HAPPY","Confidence":70.5},{"Type":"CALM","Confidence":20}])"},
      {"EyeDirection", R"({"Yaw":5.5,"Pitch":-6.5,"Confidence":88})"}};
  for (const auto& [name, value] : members) EXPECT_EQ(write_json(face.at(name)), value) << name;
  EXPECT_EQ(face.size(), 5 + std::size(members));
}

TEST(FaceDetail, HasOneAttributeAlone) {
  vision::Face seen = plain_face();
  add_attributes(seen, vision::kFaceOccluded);
  EXPECT_EQ(keys(face_detail(seen, false)), "BoundingBox Landmarks Pose Quality Confidence FaceOccluded");
}

TEST(FaceDetail, StaysInRangeWhateverANetworkSays) {
  vision::Face seen = plain_face();
  seen.confidence = 100.00001;
  seen.quality.brightness = -1;
  seen.quality.sharpness = std::numeric_limits<double>::quiet_NaN();
  seen.pose.yaw = 200;
  seen.box.left = -0.02;
  const json::object face = face_detail(seen, false);
  EXPECT_EQ(face.at("Confidence"), 100.0);
  EXPECT_EQ(write_json(face.at("Quality")), R"({"Brightness":0,"Sharpness":0})");
  EXPECT_EQ(face.at("Pose").at("Yaw"), 180.0);
  EXPECT_EQ(face.at("BoundingBox").at("Left"), -0.02);
}

TEST(ComparedFace, HasEmotionsAndSmileWhereAskedFor) {
  vision::Face seen = plain_face();
  EXPECT_EQ(keys(compared_face(seen)), "BoundingBox Landmarks Pose Quality Confidence");
  EXPECT_EQ(landmark_types(compared_face(seen)), "eyeLeft eyeRight nose mouthLeft mouthRight");
  add_attributes(seen, vision::kAllFaceAttributes);
  EXPECT_EQ(keys(compared_face(seen)), "BoundingBox Landmarks Pose Quality Confidence Emotions Smile");
}

TEST(DetectText, SaysWordsAndTheirLine) {
  const json::object answer = detect_text_answer(two_words(), "1.0");
  EXPECT_EQ(answer.at("TextModelVersion"), "1.0");
  ASSERT_EQ(answer.at("TextDetections").as_array().size(), 3U);
  EXPECT_EQ(
      write_json(answer.at("TextDetections").at(0)),
      R"({"DetectedText":"Hello world","Type":"LINE","Id":0,"Confidence":99,"Geometry":{"BoundingBox":{"Width":0.5,"Height":0.1,"Left":0.25,"Top":0.5},)"
      R"("Polygon":[{"X":0.25,"Y":0.5},{"X":0.75,"Y":0.5},{"X":0.75,"Y":0.6},{"X":0.25,"Y":0.6}]}})");
  const json::object& word = answer.at("TextDetections").at(2).as_object();
  EXPECT_EQ(keys(word), "DetectedText Type Id ParentId Confidence Geometry");
  EXPECT_EQ(word.at("Type"), "WORD");
  EXPECT_EQ(word.at("ParentId"), 0);
}

TEST(Moderation, SaysLabelsWithParentAndLevel) {
  const vision::Moderation seen{
      .labels = {{.name = "Violence", .parent = "", .level = 1, .confidence = 90},
                 {.name = "Weapons", .parent = "Violence", .level = 2, .confidence = 90}},
      .content_types = {{.name = "Illustrated Content", .confidence = 75.5}}};
  EXPECT_EQ(
      write_json(moderation_answer(seen)),
      R"({"ModerationLabels":[{"Confidence":90,"Name":"Violence","ParentName":"","TaxonomyLevel":1},{"Confidence":90,"Name":"Weapons",)"
      R"("ParentName":"Violence","TaxonomyLevel":2}],"ModerationModelVersion":"7.0","ContentTypes":[{"Confidence":75.5,"Name":"Illustrated Content"}]})");
  EXPECT_EQ(write_json(moderation_answer({})),
            R"({"ModerationLabels":[],"ModerationModelVersion":"7.0","ContentTypes":[]})");
}

TEST(Properties, SayQualityAndColoursOfEveryRegion) {
  vision::ImageProperties seen{
      .whole = region(79, 40), .foreground = region(0, 50), .background = region(255, 60)};
  const json::object answer = properties_answer(seen);
  EXPECT_EQ(keys(answer), "Quality DominantColors Foreground Background");
  EXPECT_EQ(write_json(answer.at("Quality")), R"({"Brightness":40,"Sharpness":70.5,"Contrast":60.25})");
  EXPECT_EQ(
      write_json(answer.at("DominantColors")),
      R"([{"Red":47,"Blue":79,"Green":79,"HexCode":"#2f4f4f","CSSColor":"darkslategrey","SimplifiedColor":"grey","PixelPercent":39.4531}])");
  EXPECT_EQ(answer.at("Foreground").at("DominantColors").at(0).at("HexCode"), "#2f4f00");
  EXPECT_EQ(answer.at("Background").at("Quality").at("Brightness"), 60.0);
}

TEST(Properties, NameARegionThatIsNotThere) {
  vision::ImageProperties seen{.whole = region(79, 40)};
  json::object answer = properties_answer(seen);
  EXPECT_EQ(write_json(answer.at("Foreground")), R"({"Quality":{},"DominantColors":[]})");
  EXPECT_EQ(answer.at("Background").at("Quality"), answer.at("Quality"));
  seen.foreground = region(0, 50);
  answer = properties_answer(seen);
  EXPECT_EQ(write_json(answer.at("Background")), R"({"Quality":{},"DominantColors":[]})");
}

TEST(Equipment, SaysPersonsPartsAndItems) {
  const vision::ProtectedPerson person{
      .id = 0,
      .box = {.left = 0.1, .top = 0.2, .width = 0.3, .height = 0.4},
      .confidence = 99,
      .parts = {{.type = vision::BodyPartType::kFace, .confidence = 98},
                {.type = vision::BodyPartType::kLeftHand,
                 .confidence = 97,
                 .equipment = {{.type = vision::EquipmentType::kHandCover,
                                .box = {.left = 0.1, .top = 0.2, .width = 0.3, .height = 0.4},
                                .confidence = 96,
                                .covers_part = {.value = true, .confidence = 95}}}}}};
  EXPECT_EQ(
      write_json(equipment_answer({person}, "1.0")),
      std::string(
          R"({"ProtectiveEquipmentModelVersion":"1.0","Persons":[{"BodyParts":[{"Name":"FACE","Confidence":98,)"
          R"("EquipmentDetections":[]},{"Name":"LEFT_HAND","Confidence":97,"EquipmentDetections":[{"BoundingBox":)") +
          kBox +
          R"(,"Confidence":96,"Type":"HAND_COVER","CoversBodyPart":{"Value":true,"Confidence":95}}]}],"BoundingBox":)" +
          kBox + R"(,"Confidence":99,"Id":0}]})");
}

}  // namespace
}  // namespace eyrie::analysis
