// DetectModerationLabels: the answer, the threshold, human loops and adapters that do not exist.
#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

class ModerationTest : public RekognitionTest {
 protected:
  Answer detect(const std::string& more = "") { return call_with("DetectModerationLabels", picture_, more); }
};

TEST_F(ModerationTest, AnswersTheTaxonomy) {
  const Answer answer = detect();
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(keys(answer.json()), "ModerationLabels ModerationModelVersion ContentTypes");
  EXPECT_EQ(answer.json().at("ModerationModelVersion"), "7.0");
  EXPECT_EQ(each(answer.json(), "ModerationLabels", "Name"), "Violence Weapons");
  EXPECT_EQ(each(answer.json(), "ModerationLabels", "ParentName"), " Violence");
  EXPECT_EQ(each(answer.json(), "ModerationLabels", "TaxonomyLevel"), "1 2");
  EXPECT_EQ(each(answer.json(), "ContentTypes", "Name"), "Illustrated Content");
}

TEST_F(ModerationTest, TakesAThreshold) {
  EXPECT_EQ(each(detect(R"(,"MinConfidence":0)").json(), "ModerationLabels", "Name"),
            "Violence Weapons Alcohol");
  EXPECT_EQ(each(detect(R"(,"MinConfidence":70.5)").json(), "ModerationLabels", "Name"), "");
  EXPECT_EQ(refusal(detect(R"(,"MinConfidence":100.5)"), "ValidationException", "at 'minConfidence'"), "");
  EXPECT_EQ(refusal(detect(R"(,"MinConfidence":"50")"), "SerializationException"), "");
}

TEST_F(ModerationTest, HumanLoopsAndAdaptersAreNotFound) {
  const std::string flow = "arn:aws:sagemaker:us-east-1:111122223333:flow-definition/review";
  EXPECT_EQ(
      refusal(detect(R"(,"HumanLoopConfig":{"HumanLoopName":"loop-1","FlowDefinitionArn":")" + flow + "\"}"),
              "ResourceNotFoundException", flow),
      "");
  const std::string version =
      "arn:aws:rekognition:us-east-1:111122223333:project/moderation/version/first.1/1690556751958";
  EXPECT_EQ(refusal(detect(R"(,"ProjectVersion":")" + version + "\""), "ResourceNotFoundException", version),
            "");
  EXPECT_EQ(detect(R"(,"HumanLoopConfig":null,"ProjectVersion":null)").status, 200);
}

TEST_F(ModerationTest, RefusesWhatBreaksAConstraint) {
  const std::pair<std::string, const char*> cases[] = {
      {R"(,"HumanLoopConfig":{})", "Value null at 'humanLoopConfig.humanLoopName'"},
      {R"(,"HumanLoopConfig":{"HumanLoopName":"loop"})", "Value null at 'humanLoopConfig.flowDefinitionArn'"},
      {R"(,"HumanLoopConfig":{"HumanLoopName":"","FlowDefinitionArn":"a"})",
       "at 'humanLoopConfig.humanLoopName'"},
      {R"(,"HumanLoopConfig":{"HumanLoopName":"-a","FlowDefinitionArn":"a"})",
       "at 'humanLoopConfig.humanLoopName'"},
      {R"(,"HumanLoopConfig":{"HumanLoopName":"a-","FlowDefinitionArn":"a"})",
       "at 'humanLoopConfig.humanLoopName'"},
      {R"(,"HumanLoopConfig":{"HumanLoopName":"Loop","FlowDefinitionArn":"a"})",
       "regular expression pattern"},
      {R"(,"HumanLoopConfig":{"HumanLoopName":"a","FlowDefinitionArn":")" + std::string(257, 'a') + "\"}",
       "at 'humanLoopConfig.flowDefinitionArn'"},
      {R"(,"HumanLoopConfig":{"HumanLoopName":"a","FlowDefinitionArn":"a","DataAttributes":{"ContentClassifiers":["Free"]}})",
       "at 'humanLoopConfig.dataAttributes.contentClassifiers'"},
      {R"(,"ProjectVersion":"short")", "at 'projectVersion'"},
      {R"(,"ProjectVersion":"arn:aws:rekognition:us-east-1:111122223333:project/a/version/b")",
       "at 'projectVersion'"},
      {R"(,"ProjectVersion":"arn:aws:rekognition:us-east-1:11112222333:project/a/version/b/1")",
       "at 'projectVersion'"},
      {R"(,"ProjectVersion":"arn:aws:rekognition:us-east-1:111122223333:project//version/b/1")",
       "at 'projectVersion'"},
      {R"(,"ProjectVersion":"arn:aws:rekognition:us-east-1:111122223333:project/a/version/b/x")",
       "at 'projectVersion'"},
      {R"(,"ProjectVersion":"arn:aws:s3:us-east-1:111122223333:project/a/version/b/1")",
       "at 'projectVersion'"}};
  for (const auto& [more, message] : cases)
    EXPECT_EQ(refusal(detect(more), "ValidationException", message), "") << more;
}

}  // namespace
}  // namespace eyrie::api::testing
