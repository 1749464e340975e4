// DetectProtectiveEquipment: the answer and its summary. The summary's rules have tests of their own.
#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

class EquipmentTest : public RekognitionTest {
 protected:
  Answer detect(const std::string& summarize = "") {
    return call_with("DetectProtectiveEquipment", picture_,
                     summarize.empty() ? "" : R"(,"SummarizationAttributes":)" + summarize);
  }
  std::string summary(const std::string& summarize) {
    const Answer answer = detect(summarize);
    if (answer.status != 200) return answer.body;
    return write_json(answer.json().at("Summary"));
  }
};

TEST_F(EquipmentTest, AnswersPersonsAndParts) {
  const Answer answer = detect();
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(keys(answer.json()), "ProtectiveEquipmentModelVersion Persons");
  EXPECT_EQ(answer.json().at("ProtectiveEquipmentModelVersion"), "1.1");
  const json::value person = answer.json().at("Persons").at(0);
  EXPECT_EQ(keys(person), "BodyParts BoundingBox Confidence Id");
  EXPECT_EQ(each(person, "BodyParts", "Name"), "FACE LEFT_HAND RIGHT_HAND");
  EXPECT_EQ(each(person.at("BodyParts").at(1), "EquipmentDetections", "Type"), "HAND_COVER");
}

TEST_F(EquipmentTest, SummarizesWhatIsRequired) {
  EXPECT_EQ(
      summary(R"({"MinConfidence":75,"RequiredEquipmentTypes":["HAND_COVER"]})"),
      R"({"PersonsWithRequiredEquipment":[0],"PersonsWithoutRequiredEquipment":[],"PersonsIndeterminate":[]})");
  EXPECT_EQ(
      summary(R"({"MinConfidence":90,"RequiredEquipmentTypes":["HAND_COVER"]})"),
      R"({"PersonsWithRequiredEquipment":[],"PersonsWithoutRequiredEquipment":[],"PersonsIndeterminate":[0]})");
  EXPECT_EQ(
      summary(R"({"MinConfidence":75,"RequiredEquipmentTypes":["HAND_COVER","FACE_COVER"]})"),
      R"({"PersonsWithRequiredEquipment":[],"PersonsWithoutRequiredEquipment":[0],"PersonsIndeterminate":[]})");
}

TEST_F(EquipmentTest, AsksForFiftyAtLeast) {
  recognizer_.persons[0].confidence = 40;
  EXPECT_EQ(
      summary(R"({"MinConfidence":0,"RequiredEquipmentTypes":["HAND_COVER"]})"),
      R"({"PersonsWithRequiredEquipment":[],"PersonsWithoutRequiredEquipment":[],"PersonsIndeterminate":[0]})");
}

TEST_F(EquipmentTest, RefusesWhatBreaksAConstraint) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "Value null at 'summarizationAttributes.minConfidence'"},
      {R"({"MinConfidence":80})", "Value null at 'summarizationAttributes.requiredEquipmentTypes'"},
      {R"({"MinConfidence":101,"RequiredEquipmentTypes":["HAND_COVER"]})",
       "at 'summarizationAttributes.minConfidence'"},
      {R"({"MinConfidence":80,"RequiredEquipmentTypes":["SHOES"]})",
       "enum value set: [FACE_COVER, HAND_COVER, HEAD_COVER]"}};
  for (const auto& [summarize, message] : cases)
    EXPECT_EQ(refusal(detect(summarize), "ValidationException", message), "") << summarize;
  EXPECT_EQ(
      refusal(detect(R"({"MinConfidence":80,"RequiredEquipmentTypes":[]})"), "InvalidParameterException"),
      "");
  EXPECT_EQ(refusal(detect("[]"), "SerializationException"), "");
}

}  // namespace
}  // namespace eyrie::api::testing
