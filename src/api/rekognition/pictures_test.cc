// What every operation on a picture has in common: where the picture comes from, which are refused, what a
// failing recognizer answers.
#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct PictureOperation {
  const char* name;
  std::size_t max_inline = 5U << 20;
  int min_side = 80, max_side = 10'000;
};

void PrintTo(const PictureOperation& operation, std::ostream* out) {
  *out << operation.name;
}

class PictureTest : public RekognitionTest, public ::testing::WithParamInterface<PictureOperation> {
 protected:
  Answer detect(const std::string& request) { return call(GetParam().name, request); }
  Answer detect_bytes(std::string_view picture) { return call_with(GetParam().name, picture); }
  Answer detect_object(const std::string& bucket, const std::string& name) {
    return detect(R"({"Image":{"S3Object":{"Bucket":")" + bucket + R"(","Name":")" + name + R"("}}})");
  }
};

INSTANTIATE_TEST_SUITE_P(Operations, PictureTest,
                         ::testing::Values(PictureOperation{"DetectLabels"}, PictureOperation{"DetectFaces"},
                                           PictureOperation{"DetectText"},
                                           PictureOperation{"DetectModerationLabels"},
                                           PictureOperation{"RecognizeCelebrities"},
                                           PictureOperation{.name = "DetectProtectiveEquipment",
                                                            .max_inline = 4U << 20,
                                                            .min_side = 64,
                                                            .max_side = 4096}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(PictureTest, BytesAndObjectAnswerTheSame) {
  make_bucket();
  put("/images/a b.jpg", picture_);
  const Answer by_bytes = detect_bytes(picture_);
  EXPECT_EQ(by_bytes.status, 200) << by_bytes.body;
  EXPECT_EQ(detect_object("images", "a b.jpg").body, by_bytes.body);
  EXPECT_THAT(by_bytes.body, Not(HasSubstr("null")));
}

TEST_P(PictureTest, RefusesWhatIsNoImage) {
  make_bucket();
  put("/images/text.jpg", "only text");
  EXPECT_EQ(refusal(detect("{}"), "ValidationException", "Value null at 'image'"), "");
  EXPECT_EQ(refusal(detect(R"({"Image":{}})"), "InvalidParameterException"), "");
  EXPECT_EQ(refusal(detect(R"({"Image":1})"), "SerializationException"), "");
  EXPECT_EQ(refusal(detect(R"({"Image":{"Bytes":"%%%"}})"), "SerializationException"), "");
  EXPECT_EQ(refusal(detect(R"({"Image":{"Bytes":""}})"), "ValidationException", "at 'image.bytes'"), "");
  EXPECT_EQ(refusal(detect_object("images", "absent"), "InvalidS3ObjectException"), "");
  EXPECT_EQ(refusal(detect_object("nowhere", "absent"), "InvalidS3ObjectException"), "");
  EXPECT_EQ(refusal(detect_object("images", "text.jpg"), "InvalidImageFormatException"), "");
  EXPECT_EQ(refusal(detect_bytes("only text"), "InvalidImageFormatException"), "");
  EXPECT_EQ(refusal(detect_bytes(picture_.substr(0, 40)), "InvalidImageFormatException"), "");
  EXPECT_TRUE(recognizer_.asked.empty());
}

TEST_P(PictureTest, RefusesByPixels) {
  const auto [name, max_inline, least, most] = GetParam();
  EXPECT_EQ(detect_bytes(jpeg(least, least)).status, 200);
  EXPECT_EQ(refusal(detect_bytes(jpeg(least - 1, 100)), "InvalidParameterException"), "");
  EXPECT_EQ(refusal(detect_bytes(jpeg(100, least - 1)), "InvalidParameterException"), "");
  EXPECT_EQ(detect_bytes(jpeg(most, least)).status, 200);
  EXPECT_EQ(refusal(detect_bytes(jpeg(most + 1, 100)), "ImageTooLargeException"), "");
}

TEST_P(PictureTest, RefusesByBytes) {
  const std::size_t most = GetParam().max_inline;
  EXPECT_EQ(detect_bytes(picture_ + std::string(most - picture_.size(), '\0')).status, 200);
  EXPECT_EQ(refusal(detect_bytes(picture_ + std::string(most + 1 - picture_.size(), '\0')),
                    "ImageTooLargeException"),
            "");
  EXPECT_EQ(refusal(detect_bytes(std::string(12 << 20, 'x')), "ImageTooLargeException"), "");
  make_bucket();
  put("/images/fits.jpg", picture_ + std::string((15 << 20) - picture_.size(), '\0'));
  put("/images/big.jpg", picture_ + std::string((15 << 20) + 1 - picture_.size(), '\0'));
  EXPECT_EQ(detect_object("images", "fits.jpg").status, 200);
  EXPECT_EQ(refusal(detect_object("images", "big.jpg"), "ImageTooLargeException"), "");
}

TEST_P(PictureTest, FailsAsAServer) {
  recognizer_.broken = true;
  const Answer answer = detect_bytes(picture_);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.type(), "InternalServerError");
  EXPECT_THAT(answer.body, Not(HasSubstr("broke")));
}

TEST_P(PictureTest, AsksForNothingElse) {
  EXPECT_EQ(detect_bytes(picture_).status, 200);
  ASSERT_EQ(recognizer_.asked.size(), 1U);
  const vision::Request& asked = recognizer_.asked.back();
  const int parts = int{asked.labels.has_value()} + int{asked.properties.has_value()} +
                    int{asked.faces.has_value()} + int{asked.text.has_value()} +
                    int{asked.moderation.has_value()} + int{asked.equipment.has_value()};
  EXPECT_EQ(parts, 1);
}

}  // namespace
}  // namespace eyrie::api::testing
