// DetectLabels through the gateway: the answer's shape, every documented refusal.
#include "api/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

class RekognitionTest : public ApiTest {
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
  const std::string picture_ = jpeg(120, 100);
};

TEST_F(RekognitionTest, AnswersLabels) {
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

TEST_F(RekognitionTest, TakesThresholdsAndFilters) {
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

TEST_F(RekognitionTest, RefusesWhatBreaksAConstraint) {
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

TEST_F(RekognitionTest, RefusesWrongParameters) {
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
  const Answer colours = detect_bytes(picture_, R"(,"Features":["IMAGE_PROPERTIES"])");
  EXPECT_EQ(colours.type(), "InvalidParameterException");
  EXPECT_THAT(colours.body, HasSubstr("IMAGE_PROPERTIES"));
}

TEST_F(RekognitionTest, RefusesPicturesByContent) {
  EXPECT_EQ(detect_bytes("only text").type(), "InvalidImageFormatException");
  EXPECT_EQ(detect_bytes(picture_.substr(0, 40)).type(), "InvalidImageFormatException");
  EXPECT_EQ(detect_bytes(jpeg(79, 100)).type(), "InvalidParameterException");
  EXPECT_EQ(detect_bytes(jpeg(80, 80)).status, 200);
  EXPECT_EQ(detect_bytes(jpeg(10'001, 100)).type(), "ImageTooLargeException");
  EXPECT_EQ(detect_bytes("\xFF\xD8" + std::string(5'242'880, 'x')).type(), "ImageTooLargeException");
  EXPECT_EQ(detect_bytes(std::string(8 << 20, 'x')).type(), "ImageTooLargeException");
  make_bucket();
  put("/images/big.jpg", picture_ + std::string(15 << 20, '\0'));
  EXPECT_EQ(detect(R"({"Image":{"S3Object":{"Bucket":"images","Name":"big.jpg"}}})").type(),
            "ImageTooLargeException");
}

TEST_F(RekognitionTest, FailsAsAServer) {
  recognizer_.broken = true;
  const Answer answer = detect_bytes(picture_);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.type(), "InternalServerError");
  EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("broke")));
}

}  // namespace
}  // namespace eyrie::api::testing
