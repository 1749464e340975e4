// RecognizeCelebrities and GetCelebrityInfo over a gallery of one.
#include <filesystem>
#include <fstream>

#include "api/rekognition/testing.h"

namespace eyrie::api::testing {
namespace {

class CelebritiesTest : public RekognitionTest {
 protected:
  void SetUp() override {
    RekognitionTest::SetUp();
    vision::CelebrityGallery gallery("test");
    const vision::Celebrity who{.id = "4Ab",
                                .name = "Ada Lovelace",
                                .urls = {"en.wikipedia.org/wiki/Ada_Lovelace"},
                                .gender = vision::KnownGender::kFemale};
    const float portrait[] = {1, 0};
    ASSERT_TRUE(gallery.add(who, portrait));
    ASSERT_TRUE(gallery.save(file_));
  }
  static vision::Face face(double left, std::vector<float> embedding) {
    vision::Face made = vision::testing::plain_face(left);
    made.embedding = std::move(embedding);
    return made;
  }

  const std::filesystem::path file_ = celebrity_directory_.path() / "gallery";
};

TEST_F(CelebritiesTest, NamesWhomTheGalleryKnows) {
  recognizer_.face_list = {face(0.1, {0, 1}), face(0.2, {1, 0}), face(0.3, {})};
  const Answer answer = call_with("RecognizeCelebrities", picture_);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::value document = answer.json();
  EXPECT_EQ(keys(document), "CelebrityFaces UnrecognizedFaces");
  ASSERT_EQ(document.at("CelebrityFaces").as_array().size(), 1U);
  const json::value ada = document.at("CelebrityFaces").at(0);
  EXPECT_EQ(keys(ada), "Urls Name KnownGender Id Face MatchConfidence");
  EXPECT_EQ(write_json(ada.at("Urls")), R"(["en.wikipedia.org/wiki/Ada_Lovelace"])");
  EXPECT_EQ(ada.at("Name"), "Ada Lovelace");
  EXPECT_EQ(ada.at("Id"), "4Ab");
  EXPECT_EQ(write_json(ada.at("KnownGender")), R"({"Type":"Female"})");
  EXPECT_EQ(ada.at("MatchConfidence").to_number<double>(), 100);
  EXPECT_EQ(keys(ada.at("Face")), "BoundingBox Landmarks Pose Quality Confidence Emotions Smile");
  EXPECT_EQ(ada.at("Face").at("BoundingBox").at("Left"), 0.2);
  ASSERT_EQ(document.at("UnrecognizedFaces").as_array().size(), 2U);
  EXPECT_EQ(keys(document.at("UnrecognizedFaces").at(0)),
            "BoundingBox Landmarks Pose Quality Confidence Emotions Smile");
}

TEST_F(CelebritiesTest, AsksForTheLargestFaces) {
  call_with("RecognizeCelebrities", picture_);
  const vision::FaceRequest& asked = *recognizer_.asked.back().faces;
  EXPECT_EQ(asked.max_faces, 64U);
  EXPECT_TRUE(asked.embeddings);
  EXPECT_EQ(asked.attributes, std::uint32_t{vision::kEmotions | vision::kSmile});
}

TEST_F(CelebritiesTest, KnowsNobodyWithoutAGallery) {
  std::filesystem::remove(file_);
  recognizer_.face_list = {face(0.1, {1, 0})};
  const json::value document = call_with("RecognizeCelebrities", picture_).json();
  EXPECT_EQ(document.at("CelebrityFaces").as_array().size(), 0U);
  EXPECT_EQ(document.at("UnrecognizedFaces").as_array().size(), 1U);
  EXPECT_EQ(refusal(call("GetCelebrityInfo", R"({"Id":"4Ab"})"), "ResourceNotFoundException"), "");
}

TEST_F(CelebritiesTest, FailsAsAServerWhereTheGalleryIsDamaged) {
  std::ofstream(file_) << "no gallery";
  EXPECT_EQ(call_with("RecognizeCelebrities", picture_).status, 500);
  EXPECT_EQ(call("GetCelebrityInfo", R"({"Id":"4Ab"})").status, 500);
}

TEST_F(CelebritiesTest, FailsAsAServerWhereTheGalleryIsOfAnotherModel) {
  vision::CelebrityGallery gallery("another");
  const float portrait[] = {1, 0};
  ASSERT_TRUE(gallery.add({.id = "1", .name = "Anybody"}, portrait));
  ASSERT_TRUE(gallery.save(file_));
  EXPECT_EQ(call_with("RecognizeCelebrities", picture_).status, 500);
}

TEST_F(CelebritiesTest, TellsByIdWhatItKnows) {
  EXPECT_EQ(
      call("GetCelebrityInfo", R"({"Id":"4Ab"})").body,
      R"({"Urls":["en.wikipedia.org/wiki/Ada_Lovelace"],"Name":"Ada Lovelace","KnownGender":{"Type":"Female"}})");
  EXPECT_EQ(refusal(call("GetCelebrityInfo", R"({"Id":"4ab"})"), "ResourceNotFoundException", "4ab"), "");
  EXPECT_EQ(refusal(call("GetCelebrityInfo", "{}"), "ValidationException", "Value null at 'id'"), "");
  EXPECT_EQ(refusal(call("GetCelebrityInfo", R"({"Id":"a-b"})"), "ValidationException", "[0-9A-Za-z]*"), "");
  EXPECT_EQ(refusal(call("GetCelebrityInfo", R"({"Id":4})"), "SerializationException"), "");
  EXPECT_EQ(refusal(call("GetCelebrityInfo", R"({"Id":""})"), "ResourceNotFoundException"), "");
}

}  // namespace
}  // namespace eyrie::api::testing
