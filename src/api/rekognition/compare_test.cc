// CompareFaces: who matches, in which order, what is kept out, refusals.
#include <cmath>

#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

class CompareFacesTest : public RekognitionTest {
 protected:
  // The same faces are seen in both pictures.
  Answer compare(const std::string& more = "") {
    return call("CompareFaces",
                "{" + image("SourceImage", picture_) + "," + image("TargetImage", picture_) + more + "}");
  }
  // A face at `left` whose embedding has this cosine with the first axis.
  static vision::Face face(double left, float cosine) {
    vision::Face made = vision::testing::plain_face(left);
    made.embedding = {cosine, std::sqrt(1 - cosine * cosine)};
    return made;
  }
  static std::string lefts(const json::value& document, const char* list) {
    std::string text;
    for (const json::value& item : document.at(list).as_array()) {
      const json::value* face = find(item, "Face");
      text += (text.empty() ? "" : " ") +
              write_json((face == nullptr ? item : *face).at("BoundingBox").at("Left"));
    }
    return text;
  }
};

TEST_F(CompareFacesTest, MatchesBySimilarityAndKeepsTheRest) {
  recognizer_.face_list = {face(0.1, 1), face(0.2, 0.8F), face(0.3, 0.9F), face(0.4, 0), face(0.5, -1)};
  const Answer answer = compare();
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::value document = answer.json();
  EXPECT_EQ(keys(document), "SourceImageFace FaceMatches UnmatchedFaces");
  EXPECT_EQ(write_json(document.at("SourceImageFace")),
            R"({"BoundingBox":{"Width":0.3,"Height":0.4,"Left":0.1,"Top":0.2},"Confidence":99.5})");
  EXPECT_EQ(lefts(document, "FaceMatches"), "0.1 0.3 0.2");
  EXPECT_EQ(lefts(document, "UnmatchedFaces"), "0.4 0.5");
  EXPECT_EQ(document.at("FaceMatches").at(0).at("Similarity").to_number<double>(), 100);
  EXPECT_EQ(keys(document.at("FaceMatches").at(0).at("Face")),
            "BoundingBox Landmarks Pose Quality Confidence");
  EXPECT_EQ(document.at("UnmatchedFaces").at(0).at("Landmarks").as_array().size(), 5U);
  EXPECT_TRUE(recognizer_.asked.back().faces->embeddings);
  EXPECT_EQ(recognizer_.asked.back().faces->attributes, 0U);
}

TEST_F(CompareFacesTest, TakesAThreshold) {
  recognizer_.face_list = {face(0.1, 1), face(0.2, 0.9F), face(0.3, 0)};
  EXPECT_EQ(lefts(compare(R"(,"SimilarityThreshold":100)").json(), "FaceMatches"), "0.1");
  EXPECT_EQ(lefts(compare(R"(,"SimilarityThreshold":0)").json(), "FaceMatches"), "0.1 0.2 0.3");
  EXPECT_EQ(compare(R"(,"SimilarityThreshold":80)").body, compare().body);
}

TEST_F(CompareFacesTest, FiltersByQuality) {
  recognizer_.face_list = {face(0.1, 1), face(0.2, 1), face(0.3, 1)};
  recognizer_.face_list[0].pose.yaw = -85;
  recognizer_.face_list[1].quality.sharpness = 20;
  for (const char* none : {"", R"(,"QualityFilter":"NONE")"})
    EXPECT_EQ(lefts(compare(none).json(), "FaceMatches"), "0.1 0.2 0.3");
  for (const char* some : {"LOW", "MEDIUM", "AUTO"}) {
    const Answer answer = compare(R"(,"QualityFilter":")" + std::string(some) + "\"");
    EXPECT_EQ(lefts(answer.json(), "FaceMatches"), "0.2 0.3") << some;
    EXPECT_EQ(lefts(answer.json(), "UnmatchedFaces"), "") << some;
    EXPECT_EQ(answer.json().at("SourceImageFace").at("BoundingBox").at("Left"), 0.2) << some;
  }
  recognizer_.face_list.resize(1);
  EXPECT_EQ(refusal(compare(R"(,"QualityFilter":"LOW")"), "InvalidParameterException", "QualityFilter"), "");
}

TEST_F(CompareFacesTest, RefusesPicturesWithoutAFace) {
  recognizer_.face_list.clear();
  EXPECT_EQ(refusal(compare(), "InvalidParameterException", "no face in the source image"), "");
}

TEST_F(CompareFacesTest, RefusesWhatIsNoImage) {
  const std::string source = image("SourceImage", picture_), target = image("TargetImage", picture_);
  EXPECT_EQ(
      refusal(call("CompareFaces", "{" + target + "}"), "ValidationException", "Value null at 'sourceImage'"),
      "");
  EXPECT_EQ(
      refusal(call("CompareFaces", "{" + source + "}"), "ValidationException", "Value null at 'targetImage'"),
      "");
  EXPECT_EQ(
      refusal(call("CompareFaces", "{" + source + R"(,"TargetImage":{}})"), "InvalidParameterException"), "");
  EXPECT_EQ(refusal(call("CompareFaces", "{" + source + R"(,"TargetImage":{"Bytes":""}})"),
                    "ValidationException", "at 'targetImage.bytes'"),
            "");
  EXPECT_EQ(refusal(call("CompareFaces", "{" + source + "," + image("TargetImage", "only text") + "}"),
                    "InvalidImageFormatException"),
            "");
  EXPECT_EQ(
      refusal(call("CompareFaces",
                   "{" + source + R"(,"TargetImage":{"S3Object":{"Bucket":"images","Name":"absent"}}})"),
              "InvalidS3ObjectException"),
      "");
  EXPECT_EQ(refusal(call("CompareFaces", "{" + source + "," + image("TargetImage", jpeg(79, 79)) + "}"),
                    "InvalidParameterException"),
            "");
  EXPECT_EQ(
      refusal(compare(R"(,"SimilarityThreshold":101)"), "ValidationException", "at 'similarityThreshold'"),
      "");
  EXPECT_EQ(refusal(compare(R"(,"QualityFilter":"BEST")"), "ValidationException",
                    "enum value set: [NONE, AUTO, LOW, MEDIUM, HIGH]"),
            "");
}

TEST_F(CompareFacesTest, TakesTwoPicturesOfFiveMegabytes) {
  const std::string big = picture_ + std::string((5U << 20) - picture_.size(), '\0');
  recognizer_.face_list = {face(0.1, 1)};
  const Answer answer =
      call("CompareFaces", "{" + image("SourceImage", big) + "," + image("TargetImage", big) + "}");
  EXPECT_EQ(answer.status, 200) << answer.body.substr(0, 300);
  EXPECT_EQ(refusal(call("CompareFaces",
                         "{" + image("SourceImage", big + "x") + "," + image("TargetImage", big) + "}"),
                    "ImageTooLargeException"),
            "");
}

TEST_F(CompareFacesTest, FailsAsAServer) {
  recognizer_.broken = true;
  EXPECT_EQ(compare().status, 500);
}

}  // namespace
}  // namespace eyrie::api::testing
