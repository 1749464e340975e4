// IndexFaces, SearchFaces, SearchFacesByImage.
#include "api/rekognition/collections/testing.h"

namespace eyrie::api::testing {
namespace {

TEST_F(CollectionsTest, IndexFacesAnswersEachFace) {
  const json::value answer = index({1, 2, 3}, 0, R"(,"DetectionAttributes":["ALL"])");
  EXPECT_EQ(keys(answer), "FaceRecords FaceModelVersion UnindexedFaces");
  EXPECT_EQ(answer.at("FaceModelVersion"), "7.1");
  EXPECT_EQ(write_json(answer.at("UnindexedFaces")), "[]");
  ASSERT_EQ(answer.at("FaceRecords").as_array().size(), 3U);
  const json::value& record = answer.at("FaceRecords").at(0);
  EXPECT_EQ(keys(record), "Face FaceDetail");
  EXPECT_EQ(keys(record.at("Face")), "FaceId BoundingBox ImageId Confidence IndexFacesModelVersion");
  EXPECT_EQ(record.at("Face").at("BoundingBox"), record.at("FaceDetail").at("BoundingBox"));
  EXPECT_EQ(record.at("FaceDetail").at("Landmarks").as_array().size(), 30U);
  EXPECT_EQ(record.at("FaceDetail").at("AgeRange").at("Low"), 19);
  EXPECT_TRUE(recognizer_.asked.back().faces->embeddings);
  EXPECT_EQ(recognizer_.asked.back().faces->max_faces, 100U);
  const json::value plain = index({4});
  EXPECT_EQ(keys(plain.at("FaceRecords").at(0).at("FaceDetail")),
            "BoundingBox Landmarks Pose Quality Confidence");
}

TEST_F(CollectionsTest, APictureOfNoFacesIndexesNone) {
  EXPECT_EQ(write_json(index({})), R"({"FaceRecords":[],"FaceModelVersion":"7.1","UnindexedFaces":[]})");
}

TEST_F(CollectionsTest, TheSamePictureIndexesNothingNew) {
  show({1, 2});
  const std::string same = new_picture(), more = R"(,"CollectionId":"c","ExternalImageId":"x")";
  const json::value first = call_with("IndexFaces", same, more).json();
  EXPECT_EQ(call_with("IndexFaces", same, more).json(), first);
  EXPECT_EQ(ok("DescribeCollection", R"({"CollectionId":"c"})").at("FaceCount"), 2);
  call_with("IndexFaces", same, R"(,"CollectionId":"c","ExternalImageId":"y")");
  EXPECT_EQ(ok("DescribeCollection", R"({"CollectionId":"c"})").at("FaceCount"), 4);
}

TEST_F(CollectionsTest, MaxFacesKeepsTheLargest) {
  const json::value answer = index({1, 2, 3}, 0, R"(,"MaxFaces":2)");
  EXPECT_EQ(answer.at("FaceRecords").as_array().size(), 2U);
  ASSERT_EQ(answer.at("UnindexedFaces").as_array().size(), 1U);
  const json::value& left_out = answer.at("UnindexedFaces").at(0);
  EXPECT_EQ(write_json(left_out.at("Reasons")), R"(["EXCEEDS_MAX_FACES"])");
  EXPECT_EQ(keys(left_out.at("FaceDetail")), "BoundingBox Landmarks Pose Quality Confidence");
  EXPECT_EQ(left_out.at("FaceDetail").at("BoundingBox").at("Left"), 0.15);
}

TEST_F(CollectionsTest, QualityFilterSaysWhatIsWrong) {
  auto spoilt = [this](auto spoil) {
    show({1, 2});
    spoil(recognizer_.face_list[0]);
  };
  struct Case {
    std::function<void(vision::Face&)> spoil;
    std::string reasons;
  };
  const Case cases[] = {{[](vision::Face& f) { f.pose.yaw = -80; }, R"(["EXTREME_POSE"])"},
                        {[](vision::Face& f) { f.pose.pitch = 80; }, R"(["EXTREME_POSE"])"},
                        {[](vision::Face& f) { f.quality.brightness = 1; }, R"(["LOW_BRIGHTNESS"])"},
                        {[](vision::Face& f) { f.quality.sharpness = 0.5; }, R"(["LOW_SHARPNESS"])"},
                        {[](vision::Face& f) { f.confidence = 51; }, R"(["LOW_CONFIDENCE"])"},
                        {[](vision::Face& f) { f.box.width = 0.01; }, R"(["SMALL_BOUNDING_BOX"])"},
                        {[](vision::Face& f) { f.embedding.clear(); }, R"(["LOW_FACE_QUALITY"])"},
                        {[](vision::Face& f) { f.quality = {.brightness = 0, .sharpness = 0}; },
                         R"(["LOW_BRIGHTNESS","LOW_SHARPNESS"])"}};
  for (const Case& one : cases) {
    for (const char* filter : {"", R"(,"QualityFilter":"AUTO")", R"(,"QualityFilter":"LOW")",
                               R"(,"QualityFilter":"MEDIUM")", R"(,"QualityFilter":"HIGH")"}) {
      spoilt(one.spoil);
      const json::value answer =
          call_with("IndexFaces", new_picture(), std::string(R"(,"CollectionId":"c")") + filter).json();
      EXPECT_EQ(answer.at("FaceRecords").as_array().size(), 1U) << one.reasons << filter;
      ASSERT_EQ(answer.at("UnindexedFaces").as_array().size(), 1U) << one.reasons << filter;
      EXPECT_EQ(write_json(answer.at("UnindexedFaces").at(0).at("Reasons")), one.reasons) << filter;
    }
  }
  spoilt([](vision::Face& f) { f.quality = {.brightness = 0, .sharpness = 0}; });
  const json::value all =
      call_with("IndexFaces", new_picture(), R"(,"CollectionId":"c","QualityFilter":"NONE")").json();
  EXPECT_EQ(all.at("FaceRecords").as_array().size(), 2U);
  // The bars rise: what passes a higher one passes a lower one.
  std::size_t before = 0;
  for (const char* filter : {"HIGH", "MEDIUM", "LOW", "NONE"}) {
    recognizer_.face_list.clear();
    for (int step = 0; step < 12; ++step) {
      vision::Face graded = face(1);
      graded.box.width = 0.3;
      graded.quality = {.brightness = 6.0 * step, .sharpness = 6.0 * step};
      graded.confidence = 45 + 5 * step;
      recognizer_.face_list.push_back(graded);
    }
    const std::size_t passed =
        call_with("IndexFaces", new_picture(),
                  std::string(R"(,"CollectionId":"c","QualityFilter":")") + filter + "\"")
            .json()
            .at("FaceRecords")
            .as_array()
            .size();
    EXPECT_GT(passed, before) << filter;
    before = passed;
  }
}

TEST_F(CollectionsTest, IndexFacesRefusals) {
  EXPECT_EQ(
      refusal(call_with("IndexFaces", picture_, R"(,"CollectionId":"no")"), "ResourceNotFoundException"), "");
  EXPECT_EQ(refusal(call_with("IndexFaces", "text", R"(,"CollectionId":"c")"), "InvalidImageFormatException"),
            "");
  EXPECT_EQ(refusal(call("IndexFaces", R"({"CollectionId":"c"})"), "ValidationException", "image"), "");
  for (const char* more : {R"(,"MaxFaces":0)", R"(,"QualityFilter":"BEST")", R"(,"ExternalImageId":"a b")",
                           R"(,"ExternalImageId":"")", R"(,"DetectionAttributes":["HAT"])"}) {
    EXPECT_EQ(refusal(call_with("IndexFaces", picture_, std::string(R"(,"CollectionId":"c")") + more),
                      "ValidationException"),
              "")
        << more;
  }
  show({1});
  recognizer_.face_list[0].embedding.resize(7);
  index_one(2);
  show({1});
  recognizer_.face_list[0].embedding.resize(7, 0.1F);
  EXPECT_EQ(refusal(call_with("IndexFaces", picture_, R"(,"CollectionId":"c")"), "InvalidParameterException",
                    "embedding"),
            "");
  recognizer_.broken = true;
  EXPECT_EQ(call_with("IndexFaces", picture_, R"(,"CollectionId":"c")").status, 500);
}

TEST_F(CollectionsTest, ACollectionOfAnotherModelIsRefused) {
  index_one(1);
  ASSERT_TRUE(store_->faces().create_collection("old", "6.0", {}));
  show({1});
  EXPECT_EQ(refusal(call_with("IndexFaces", picture_, R"(,"CollectionId":"old")"),
                    "InvalidParameterException", "6.0"),
            "");
  EXPECT_EQ(refusal(call_with("SearchFacesByImage", picture_, R"(,"CollectionId":"old")"),
                    "InvalidParameterException", "7.1"),
            "");
  EXPECT_EQ(ok("DescribeCollection", R"({"CollectionId":"old"})").at("FaceModelVersion"), "6.0");
}

TEST_F(CollectionsTest, SearchFacesAnswersTheNearestFirst) {
  const std::string first = index_one(1, 1), second = index_one(1, 2), third = index_one(1, 3);
  index_one(2);
  const json::value found = ok("SearchFaces", R"({"CollectionId":"c","FaceId":")" + first + "\"}");
  EXPECT_EQ(keys(found), "SearchedFaceId FaceMatches FaceModelVersion");
  EXPECT_EQ(found.at("SearchedFaceId").as_string(), first);
  ASSERT_EQ(found.at("FaceMatches").as_array().size(), 2U) << "neither itself nor somebody else";
  EXPECT_EQ(keys(found.at("FaceMatches").at(0)), "Similarity Face");
  EXPECT_GE(found.at("FaceMatches").at(0).at("Similarity").to_number<double>(),
            found.at("FaceMatches").at(1).at("Similarity").to_number<double>());
  EXPECT_LE(found.at("FaceMatches").at(0).at("Similarity").to_number<double>(), 100);
  const std::string ids = each_in(found, "FaceMatches", "Face", "FaceId");
  EXPECT_TRUE(ids == second + " " + third || ids == third + " " + second) << ids;
  EXPECT_EQ(ok("SearchFaces", R"({"CollectionId":"c","FaceId":")" + first + R"(","FaceMatchThreshold":0})")
                .at("FaceMatches")
                .as_array()
                .size(),
            3U);
  EXPECT_EQ(each_in(ok("SearchFaces", R"({"CollectionId":"c","MaxFaces":1,"FaceId":")" + first + "\"}"),
                    "FaceMatches", "Face", "FaceId"),
            ids.substr(0, 36));
  EXPECT_EQ(ok("SearchFaces", R"({"CollectionId":"c","FaceId":")" + first + R"(","FaceMatchThreshold":100})")
                .at("FaceMatches")
                .as_array()
                .size(),
            0U);
}

TEST_F(CollectionsTest, SearchFacesRefusals) {
  EXPECT_EQ(refusal(call("SearchFaces", std::string(R"({"CollectionId":"c","FaceId":")") + kAbsent + "\"}"),
                    "InvalidParameterException", "faceId was not found in the collection."),
            "");
  EXPECT_EQ(refusal(call("SearchFaces", std::string(R"({"CollectionId":"no","FaceId":")") + kAbsent + "\"}"),
                    "ResourceNotFoundException"),
            "");
  EXPECT_EQ(refusal(call("SearchFaces", R"({"CollectionId":"c"})"), "ValidationException", "faceId"), "");
  for (const char* more : {R"(,"MaxFaces":0)", R"(,"MaxFaces":4097)", R"(,"FaceMatchThreshold":100.5)",
                           R"(,"FaceMatchThreshold":-1)"}) {
    EXPECT_EQ(refusal(call("SearchFaces",
                           std::string(R"({"CollectionId":"c","FaceId":")") + kAbsent + "\"" + more + "}"),
                      "ValidationException"),
              "")
        << more;
  }
}

TEST_F(CollectionsTest, SearchFacesByImageTakesTheLargestFace) {
  const std::string one = index_one(1, 1), two = index_one(2, 1);
  show({2, 1});
  const Answer answer = call_with("SearchFacesByImage", new_picture(), R"(,"CollectionId":"c")");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::value found = answer.json();
  EXPECT_EQ(keys(found), "SearchedFaceBoundingBox SearchedFaceConfidence FaceMatches FaceModelVersion");
  EXPECT_EQ(found.at("SearchedFaceBoundingBox").at("Left"), 0.05);
  EXPECT_EQ(found.at("SearchedFaceConfidence"), 99.5);
  EXPECT_EQ(each_in(found, "FaceMatches", "Face", "FaceId"), two);
  EXPECT_EQ(recognizer_.asked.back().faces->max_faces, 1U) << "the others need not be looked at";
  // The largest that passes the filter.
  recognizer_.face_list[0].quality.sharpness = 0;
  const json::value other =
      call_with("SearchFacesByImage", new_picture(), R"(,"CollectionId":"c","QualityFilter":"AUTO")").json();
  EXPECT_EQ(each_in(other, "FaceMatches", "Face", "FaceId"), one);
  EXPECT_EQ(call_with("SearchFacesByImage", new_picture(), R"(,"CollectionId":"c","FaceMatchThreshold":0)")
                .json()
                .at("FaceMatches")
                .as_array()
                .size(),
            2U);
}

TEST_F(CollectionsTest, SearchFacesByImageWithoutAFaceIsRefused) {
  show({});
  EXPECT_EQ(refusal(call_with("SearchFacesByImage", new_picture(), R"(,"CollectionId":"c")"),
                    "InvalidParameterException", "There are no faces in the image. Should be at least 1."),
            "");
  show({1});
  recognizer_.face_list[0].confidence = 1;
  EXPECT_EQ(
      refusal(call_with("SearchFacesByImage", new_picture(), R"(,"CollectionId":"c","QualityFilter":"LOW")"),
              "InvalidParameterException"),
      "");
  EXPECT_EQ(refusal(call_with("SearchFacesByImage", new_picture(), R"(,"CollectionId":"no")"),
                    "ResourceNotFoundException"),
            "");
  EXPECT_EQ(call_with("SearchFacesByImage", new_picture(), R"(,"CollectionId":"c")").status, 200)
      << "of an empty collection";
}

}  // namespace
}  // namespace eyrie::api::testing
