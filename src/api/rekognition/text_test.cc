// DetectText: the answer, filters and regions as they reach the recognizer, refusals.
#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

class DetectTextTest : public RekognitionTest {
 protected:
  Answer detect(const std::string& filters) {
    return call_with("DetectText", picture_, R"(,"Filters":)" + filters);
  }
  // What the recognizer was asked with these filters.
  vision::TextRequest asked(const std::string& filters) {
    const Answer answer = detect(filters);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 ? *recognizer_.asked.back().text : vision::TextRequest{};
  }
};

TEST_F(DetectTextTest, AnswersLinesThenTheirWords) {
  const Answer answer = call_with("DetectText", picture_);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(keys(answer.json()), "TextDetections TextModelVersion");
  EXPECT_EQ(answer.json().at("TextModelVersion"), "3.1");
  EXPECT_EQ(each(answer.json(), "TextDetections", "Type"), "LINE WORD WORD");
  EXPECT_EQ(each(answer.json(), "TextDetections", "Id"), "0 1 2");
  EXPECT_EQ(each(answer.json(), "TextDetections", "ParentId"), "- 0 0");
  EXPECT_EQ(each(answer.json(), "TextDetections", "DetectedText"), "Hello world Hello world");
  EXPECT_EQ(keys(answer.json().at("TextDetections").at(0).at("Geometry")), "BoundingBox Polygon");
}

TEST_F(DetectTextTest, AWordFilterHasDefaults) {
  for (const char* none : {"null", "{}", R"({"WordFilter":null,"RegionsOfInterest":[]})"}) {
    const vision::TextRequest request = asked(none);
    EXPECT_EQ(request.min_confidence, 0) << none;
    EXPECT_TRUE(request.regions.empty());
    EXPECT_GT(request.max_words, 1000U) << "a page is read to its end";
  }
  EXPECT_EQ(asked(R"({"WordFilter":{}})").min_confidence, 80);
  const vision::TextRequest request =
      asked(R"({"WordFilter":{"MinConfidence":0,"MinBoundingBoxHeight":0.25,"MinBoundingBoxWidth":1}})");
  EXPECT_EQ(request.min_confidence, 0);
  EXPECT_EQ(request.min_height, 0.25);
  EXPECT_EQ(request.min_width, 1);
}

TEST_F(DetectTextTest, RegionsAreBoxesOrPolygons) {
  const vision::TextRequest request =
      asked(R"({"RegionsOfInterest":[{"BoundingBox":{"Left":0.25,"Top":0.5,"Width":0.5,"Height":0.25}},)"
            R"({"Polygon":[{"X":0,"Y":0},{"X":1,"Y":0},{"X":0.5,"Y":1}]}]})");
  ASSERT_EQ(request.regions.size(), 2U);
  const double corners[][2] = {{0.25, 0.5}, {0.75, 0.5}, {0.75, 0.75}, {0.25, 0.75}};
  ASSERT_EQ(request.regions[0].size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(request.regions[0][i].x, corners[i][0]) << i;
    EXPECT_EQ(request.regions[0][i].y, corners[i][1]) << i;
  }
  ASSERT_EQ(request.regions[1].size(), 3U);
  EXPECT_EQ(request.regions[1][2].y, 1);
}

TEST_F(DetectTextTest, RefusesWhatBreaksAConstraint) {
  const std::pair<std::string, const char*> cases[] = {
      {R"({"WordFilter":{"MinConfidence":101}})", "at 'filters.wordFilter.minConfidence'"},
      {R"({"WordFilter":{"MinBoundingBoxHeight":1.5}})", "at 'filters.wordFilter.minBoundingBoxHeight'"},
      {R"({"WordFilter":{"MinBoundingBoxWidth":-0.1}})", "at 'filters.wordFilter.minBoundingBoxWidth'"},
      {R"({"RegionsOfInterest":[{},{},{},{},{},{},{},{},{},{},{}]})", "at 'filters.regionsOfInterest'"}};
  for (const auto& [filters, message] : cases)
    EXPECT_EQ(refusal(detect(filters), "ValidationException", message), "") << filters;
}

TEST_F(DetectTextTest, RefusesRegionsThatAreNone) {
  const std::string box = R"("BoundingBox":{"Left":0,"Top":0,"Width":1,"Height":1})";
  const std::string triangle = R"("Polygon":[{"X":0,"Y":0},{"X":1,"Y":0},{"X":0.5,"Y":1}])";
  std::string many;
  for (int i = 0; i < 11; ++i) many += (i == 0 ? "" : ",") + std::string(R"({"X":0.5,"Y":0.5})");
  for (const std::string& region :
       {std::string("{}"), "{" + box + "," + triangle + "}",
        std::string(R"({"BoundingBox":{"Left":0,"Top":0,"Width":1}})"),
        std::string(R"({"BoundingBox":{"Left":-0.1,"Top":0,"Width":1,"Height":1}})"),
        std::string(R"({"BoundingBox":{"Left":0,"Top":0,"Width":1.1,"Height":1}})"),
        std::string(R"({"Polygon":[]})"), std::string(R"({"Polygon":[{"X":0,"Y":0},{"X":1,"Y":0}]})"),
        std::string(R"({"Polygon":[{"X":0,"Y":0},{"X":1,"Y":0},{"X":0.5}]})"),
        R"({"Polygon":[)" + many + "]}"}) {
    EXPECT_EQ(refusal(detect(R"({"RegionsOfInterest":[)" + region + "]}"), "InvalidParameterException"), "")
        << region;
  }
  for (const char* filters :
       {"[]", R"({"WordFilter":5})", R"({"RegionsOfInterest":{}})", R"({"RegionsOfInterest":[1]})",
        R"({"RegionsOfInterest":[{"Polygon":[1,2,3]}]})",
        R"({"RegionsOfInterest":[{"BoundingBox":{"Left":"0"}}]})"}) {
    EXPECT_EQ(refusal(detect(filters), "SerializationException"), "") << filters;
  }
}

}  // namespace
}  // namespace eyrie::api::testing
