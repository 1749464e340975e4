// DetectLabels through the gateway: the answer's shape, every documented refusal.
#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

class DetectLabelsTest : public RekognitionTest {
 protected:
  Answer detect(const std::string& request) { return json_call("rekognition", "DetectLabels", request); }
  Answer detect_bytes(std::string_view picture, const std::string& more = "") {
    return detect(R"({"Image":{"Bytes":")" + base64_encode(as_bytes(picture)) + "\"}" + more + "}");
  }
  std::string names(const Answer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::string text;
    const json::value document = answer.json();
    if (const json::value* labels = find(document, "Labels")) {
      for (const json::value& label : labels->as_array())
        text.append(text.empty() ? "" : " ").append(label.at("Name").as_string());
    }
    return text;
  }
};

TEST_F(DetectLabelsTest, AnswersLabels) {
  const Answer answer = detect_bytes(picture_);
  EXPECT_EQ(names(answer), "Animal Cat");
  EXPECT_EQ(answer.header("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(answer.header("x-amzn-RequestId"), "request-1");
  EXPECT_EQ(answer.json().at("LabelModelVersion"), "3.0");
  EXPECT_EQ(
      write_json(answer.json().at("Labels").at(1)),
      R"({"Name":"Cat","Confidence":98.25,"Instances":[{"BoundingBox":{"Width":0.3,"Height":0.4,"Left":0.1,"Top":0.2},"Confidence":98.25}],)"
      R"("Parents":[{"Name":"Animal"}],"Aliases":[],"Categories":[{"Name":"Animals and Pets"}]})");

  make_bucket();
  put("/images/cat.jpg", picture_);
  const std::string object = R"({"Image":{"S3Object":{"Bucket":"images","Name":"cat.jpg"}}})";
  EXPECT_EQ(detect(object).body, answer.body);
}

TEST_F(DetectLabelsTest, TakesThresholdsAndFilters) {
  EXPECT_EQ(names(detect_bytes(picture_, R"(,"MinConfidence":0)")), "Animal Cat Dog");
  EXPECT_EQ(names(detect_bytes(picture_, R"(,"MinConfidence":99.0)")), "Animal");
  EXPECT_EQ(names(detect_bytes(picture_, R"(,"MaxLabels":1)")), "Animal");
  EXPECT_EQ(names(detect_bytes(picture_, R"(,"Features":["GENERAL_LABELS"])")), "Animal Cat");
  EXPECT_EQ(
      names(detect_bytes(picture_, R"(,"Settings":{"GeneralLabels":{"LabelInclusionFilters":["Cat"]}})")),
      "Cat");
  EXPECT_EQ(names(detect_bytes(
                picture_,
                R"(,"Settings":{"GeneralLabels":{"LabelCategoryExclusionFilters":["Animals and Pets"]}})")),
            "");
  EXPECT_EQ(names(detect_bytes(picture_, R"(,"MinConfidence":null,"Settings":null)")), "Animal Cat");
}

TEST_F(DetectLabelsTest, RefusesWhatBreaksAConstraint) {
  const std::pair<std::string, const char*> cases[] = {
      {"{}", "Value null at 'image' failed to satisfy constraint: Member must not be null"},
      {R"({"Image":{"Bytes":""}})", "at 'image.bytes'"},
      {R"({"Image":{"S3Object":{"Bucket":"no spaces","Name":"x"}}})", "at 'image.s3Object.bucket'"},
      {R"({"Image":{"S3Object":{"Bucket":"ab","Name":"x"}}})", "at 'image.s3Object.bucket'"},
      {R"({"Image":{"S3Object":{"Bucket":"images","Name":")" + std::string(1025, 'k') + "\"}}}",
       "at 'image.s3Object.name'"}};
  for (const auto& [request, message] : cases) {
    const Answer answer = detect(request);
    EXPECT_EQ(answer.status, 400) << request;
    EXPECT_EQ(answer.type(), "ValidationException") << request;
    EXPECT_THAT(answer.body, HasSubstr(message)) << request;
  }
  const std::pair<std::string, const char*> parameters[] = {
      {R"(,"MinConfidence":-1)", "at 'minConfidence'"},
      {R"(,"MinConfidence":100.5)", "at 'minConfidence'"},
      {R"(,"MaxLabels":-1)", "at 'maxLabels'"},
      {R"(,"Features":["FACES"])", "at 'features'"},
      {R"(,"Features":["GENERAL_LABELS","GENERAL_LABELS","GENERAL_LABELS"])", "at 'features'"},
      {R"(,"Settings":{"GeneralLabels":{"LabelInclusionFilters":[")" + std::string(51, 'x') + "\"]}}",
       "at 'settings.generalLabels.labelInclusionFilters'"},
      {R"(,"Settings":{"GeneralLabels":{"LabelExclusionFilters":["what?!"]}})",
       "regular expression pattern"}};
  for (const auto& [more, message] : parameters) {
    const Answer answer = detect_bytes(picture_, more);
    EXPECT_EQ(answer.type(), "ValidationException") << more;
    EXPECT_THAT(answer.body, HasSubstr(message)) << more;
  }
  EXPECT_EQ(
      names(detect_bytes(picture_,
                         R"(,"Settings":{"GeneralLabels":{"LabelExclusionFilters":["Crème (brûl)_-.é"]}})")
                        .status == 200
                ? detect_bytes(picture_)
                : detect_bytes(picture_)),
      "Animal Cat");
}

TEST_F(DetectLabelsTest, RefusesWrongParameters) {
  make_bucket();
  put("/images/text.jpg", "only text");
  const std::pair<std::string, const char*> cases[] = {
      {R"({"Image":{}})", "InvalidParameterException"},
      {R"({"Image":{"S3Object":{}}})", "InvalidParameterException"},
      {R"({"Image":{"S3Object":{"Bucket":"images"}}})", "InvalidParameterException"},
      {R"({"Image":{"Bytes":"QUJD","S3Object":{"Bucket":"images","Name":"x"}}})",
       "InvalidParameterException"},
      {R"({"Image":{"S3Object":{"Bucket":"images","Name":"absent"}}})", "InvalidS3ObjectException"},
      {R"({"Image":{"S3Object":{"Bucket":"nowhere","Name":"absent"}}})", "InvalidS3ObjectException"},
      {R"({"Image":{"S3Object":{"Bucket":"images","Name":"text.jpg","Version":"7"}}})",
       "InvalidS3ObjectException"},
      {R"({"Image":{"S3Object":{"Bucket":"images","Name":"text.jpg"}}})", "InvalidImageFormatException"},
      {R"({"Image":1})", "SerializationException"},
      {R"({"Image":{"Bytes":"%%%"}})", "SerializationException"},
      {R"({"Image":{"Bytes":{}}})", "SerializationException"},
      {"", "ValidationException"},
      {"{", "SerializationException"},
      {"[]", "SerializationException"},
      {"null", "SerializationException"},
      {std::string(200'000, '['), "SerializationException"}};
  for (const auto& [request, type] : cases) {
    const Answer answer = detect(request);
    EXPECT_EQ(answer.status, 400) << request.substr(0, 100);
    EXPECT_EQ(answer.type(), type) << request.substr(0, 100);
  }
}

TEST_F(DetectLabelsTest, AnswersImageProperties) {
  const Answer both = detect_bytes(picture_, R"(,"Features":["GENERAL_LABELS","IMAGE_PROPERTIES"])");
  EXPECT_EQ(names(both), "Animal Cat");
  EXPECT_EQ(keys(both.json()), "Labels LabelModelVersion ImageProperties");
  const json::value properties = both.json().at("ImageProperties");
  EXPECT_EQ(keys(properties), "Quality DominantColors Foreground Background");
  EXPECT_EQ(write_json(properties.at("Background").at("Quality")),
            R"({"Brightness":60,"Sharpness":70.5,"Contrast":60.25})");
  const json::value cat = both.json().at("Labels").at(1).at("Instances").at(0);
  EXPECT_EQ(cat.at("DominantColors").at(0).at("HexCode"), "#2f4f4f");
  EXPECT_EQ(recognizer_.asked.back().properties->max_colors, 10U);

  const Answer alone = detect_bytes(
      picture_, R"(,"Features":["IMAGE_PROPERTIES"],"Settings":{"ImageProperties":{"MaxDominantColors":0}})");
  EXPECT_EQ(names(alone), "");
  EXPECT_EQ(alone.json().at("ImageProperties").at("DominantColors").as_array().size(), 0U);
  EXPECT_FALSE(recognizer_.asked.back().labels);

  EXPECT_EQ(keys(detect_bytes(picture_).json()), "Labels LabelModelVersion");
  EXPECT_FALSE(recognizer_.asked.back().properties);
}

TEST_F(DetectLabelsTest, TakesThresholdsOnlyForLabels) {
  for (const char* more : {R"(,"MinConfidence":50)", R"(,"MaxLabels":5)"}) {
    EXPECT_EQ(refusal(detect_bytes(picture_, std::string(R"(,"Features":["IMAGE_PROPERTIES"])") + more),
                      "InvalidParameterException", "GENERAL_LABELS"),
              "");
    EXPECT_EQ(
        detect_bytes(picture_, std::string(R"(,"Features":["IMAGE_PROPERTIES","GENERAL_LABELS"])") + more)
            .status,
        200);
  }
  for (const char* most : {"-1", "21"}) {
    EXPECT_EQ(refusal(detect_bytes(picture_,
                                   std::string(R"(,"Settings":{"ImageProperties":{"MaxDominantColors":)") +
                                       most + "}}"),
                      "ValidationException", "at 'settings.imageProperties.maxDominantColors'"),
              "");
  }
}

}  // namespace
}  // namespace eyrie::api::testing
