// DetectFaces: which attributes come when.
#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

constexpr const char* kBasics = "BoundingBox Landmarks Pose Quality Confidence";

class DetectFacesTest : public RekognitionTest {
 protected:
  // The first face where Attributes is this JSON.
  json::value face(const std::string& attributes) {
    const Answer answer =
        call_with("DetectFaces", picture_, attributes.empty() ? "" : R"(,"Attributes":)" + attributes);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(keys(answer.json()), "FaceDetails");
    return answer.json().at("FaceDetails").at(0);
  }
};

TEST_F(DetectFacesTest, DefaultIsTheBasics) {
  for (const char* attributes : {"", "null", "[]", R"(["DEFAULT"])"}) {
    const json::value basics = face(attributes);
    EXPECT_EQ(keys(basics), kBasics) << attributes;
    EXPECT_EQ(each(basics, "Landmarks", "Type"), "eyeLeft eyeRight nose mouthLeft mouthRight");
    EXPECT_EQ(recognizer_.asked.back().faces->attributes, 0U);
    EXPECT_FALSE(recognizer_.asked.back().faces->embeddings);
    EXPECT_EQ(recognizer_.asked.back().faces->max_faces, 100U);
  }
}

TEST_F(DetectFacesTest, AllIsEverything) {
  for (const char* attributes : {R"(["ALL"])", R"(["ALL","DEFAULT"])", R"(["DEFAULT","ALL","SMILE"])"}) {
    const json::value all = face(attributes);
    EXPECT_EQ(keys(all),
              "BoundingBox AgeRange Smile Eyeglasses Sunglasses Gender Beard Mustache EyesOpen MouthOpen "
              "Emotions Landmarks "
              "Pose Quality Confidence FaceOccluded EyeDirection");
    EXPECT_EQ(all.at("Landmarks").as_array().size(), 30U);
  }
}

TEST_F(DetectFacesTest, EachAttributeComesAlone) {
  const std::pair<const char*, const char*> members[] = {
      {"AGE_RANGE", "AgeRange"},    {"BEARD", "Beard"},
      {"EMOTIONS", "Emotions"},     {"EYE_DIRECTION", "EyeDirection"},
      {"EYEGLASSES", "Eyeglasses"}, {"EYES_OPEN", "EyesOpen"},
      {"GENDER", "Gender"},         {"MOUTH_OPEN", "MouthOpen"},
      {"MUSTACHE", "Mustache"},     {"FACE_OCCLUDED", "FaceOccluded"},
      {"SMILE", "Smile"},           {"SUNGLASSES", "Sunglasses"}};
  for (const auto& [attribute, member] : members) {
    for (const std::string& list :
         {"[\"" + std::string(attribute) + "\"]", "[\"DEFAULT\",\"" + std::string(attribute) + "\"]"}) {
      json::value one = face(list);
      EXPECT_TRUE(one.as_object().contains(member)) << attribute;
      one.as_object().erase(member);
      EXPECT_EQ(one.as_object().size(), 5U) << attribute;
      EXPECT_EQ(one.at("Landmarks").as_array().size(), 5U);
    }
  }
  EXPECT_EQ(face(R"(["SMILE","BEARD"])").as_object().size(), 7U);
}

TEST_F(DetectFacesTest, KeepsTheRecognizersOrder) {
  recognizer_.face_list = {vision::testing::plain_face(0.5), vision::testing::plain_face(0.1)};
  const Answer answer = call_with("DetectFaces", picture_);
  EXPECT_EQ(answer.json().at("FaceDetails").at(0).at("BoundingBox").at("Left"), 0.5);
  EXPECT_EQ(answer.json().at("FaceDetails").as_array().size(), 2U);
  recognizer_.face_list.clear();
  EXPECT_EQ(call_with("DetectFaces", picture_).body, R"({"FaceDetails":[]})");
}

TEST_F(DetectFacesTest, RefusesOtherAttributes) {
  EXPECT_EQ(
      refusal(call_with("DetectFaces", picture_, R"(,"Attributes":["HAIR"])"), "ValidationException",
              "Value '[HAIR]' at 'attributes' failed to satisfy constraint: Member must satisfy constraint: "
              "[Member must satisfy enum value set: [DEFAULT, ALL, AGE_RANGE, "),
      "");
  EXPECT_EQ(refusal(call_with("DetectFaces", picture_, R"(,"Attributes":["all"])"), "ValidationException"),
            "");
  EXPECT_EQ(refusal(call_with("DetectFaces", picture_, R"(,"Attributes":"ALL")"), "SerializationException"),
            "");
  EXPECT_EQ(refusal(call_with("DetectFaces", picture_, R"(,"Attributes":[1])"), "SerializationException"),
            "");
}

}  // namespace
}  // namespace eyrie::api::testing
