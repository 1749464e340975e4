// Collections and their tags; ListFaces and DeleteFaces.
#include "api/rekognition/collections/testing.h"

namespace eyrie::api::testing {
namespace {

TEST_F(CollectionsTest, CreateDescribeDelete) {
  const json::value made = ok("CreateCollection", R"({"CollectionId":"My_faces-1.x","Tags":{"team":"red"}})");
  EXPECT_EQ(keys(made), "StatusCode CollectionArn FaceModelVersion");
  EXPECT_EQ(made.at("StatusCode"), 200);
  EXPECT_EQ(made.at("CollectionArn"), "aws:rekognition:us-east-1:000000000000:collection/My_faces-1.x");
  EXPECT_EQ(made.at("FaceModelVersion"), "7.1");
  const json::value described = ok("DescribeCollection", R"({"CollectionId":"My_faces-1.x"})");
  EXPECT_EQ(keys(described), "FaceCount FaceModelVersion CollectionARN CreationTimestamp UserCount");
  EXPECT_EQ(described.at("FaceCount"), 0);
  EXPECT_EQ(described.at("UserCount"), 0);
  EXPECT_EQ(described.at("CollectionARN"),
            "arn:aws:rekognition:us-east-1:000000000000:collection/My_faces-1.x");
  EXPECT_EQ(described.at("CreationTimestamp").to_number<double>(),
            static_cast<double>(clock_.now_ms()) / 1000);
  EXPECT_EQ(refusal(call("CreateCollection", R"({"CollectionId":"c"})"), "ResourceAlreadyExistsException",
                    "The collection id: c already exists"),
            "");
  EXPECT_EQ(write_json(ok("DeleteCollection", R"({"CollectionId":"c"})")), R"({"StatusCode":200})");
  for (const char* operation : {"DeleteCollection", "DescribeCollection", "ListFaces", "ListUsers"}) {
    EXPECT_EQ(refusal(call(operation, R"({"CollectionId":"c"})"), "ResourceNotFoundException",
                      "The collection id: c does not exist"),
              "")
        << operation;
  }
  EXPECT_EQ(ok("CreateCollection", R"({"CollectionId":"c"})").at("StatusCode"), 200);
}

TEST_F(CollectionsTest, NamesAreChecked) {
  for (const char* name : {R"("")", R"("a b")", R"("a/b")", R"("ü")", "null"}) {
    EXPECT_EQ(refusal(call("CreateCollection", std::string(R"({"CollectionId":)") + name + "}"),
                      "ValidationException", "collectionId"),
              "")
        << name;
  }
  EXPECT_EQ(refusal(call("CreateCollection", R"({"CollectionId":")" + std::string(256, 'a') + "\"}"),
                    "ValidationException"),
            "");
  EXPECT_EQ(ok("CreateCollection", R"({"CollectionId":")" + std::string(255, 'a') + "\"}").at("StatusCode"),
            200);
  EXPECT_EQ(refusal(call("CreateCollection", R"({"CollectionId":5})"), "SerializationException"), "");
}

TEST_F(CollectionsTest, ListCollectionsPages) {
  for (const char* name : {"d", "b", "a"})
    ok("CreateCollection", std::string(R"({"CollectionId":")") + name + "\"}");
  const json::value all = ok("ListCollections", "{}");
  EXPECT_EQ(write_json(all),
            R"({"CollectionIds":["c","d","b","a"],"FaceModelVersions":["7.1","7.1","7.1","7.1"]})");
  EXPECT_EQ(ok("ListCollections", R"({"MaxResults":0})"), all);
  const json::value first = ok("ListCollections", R"({"MaxResults":3})");
  const std::string token(first.at("NextToken").as_string());
  EXPECT_EQ(first.at("CollectionIds").as_array().size(), 3U);
  const json::value rest = ok("ListCollections", R"({"MaxResults":3,"NextToken":")" + token + "\"}");
  EXPECT_EQ(write_json(rest), R"({"CollectionIds":["a"],"FaceModelVersions":["7.1"]})");
  std::string other = token;
  other[3] = other[3] == '0' ? '1' : '0';
  for (const std::string& wrong : {std::string("x"), other, token + "00", token.substr(2)}) {
    EXPECT_EQ(refusal(call("ListCollections", R"({"NextToken":")" + wrong + "\"}"),
                      "InvalidPaginationTokenException"),
              "");
  }
  EXPECT_EQ(refusal(call("ListUsers", R"({"CollectionId":"c","NextToken":")" + token + "\"}"),
                    "InvalidPaginationTokenException"),
            "")
      << "of another list";
  EXPECT_EQ(refusal(call("ListCollections", R"({"MaxResults":4097})"), "ValidationException", "maxResults"),
            "");
}

TEST_F(CollectionsTest, Tags) {
  const std::string arn = R"("ResourceArn":"arn:aws:rekognition:us-east-1:000000000000:collection/c")";
  const std::string short_arn = R"("ResourceArn":"aws:rekognition:us-east-1:000000000000:collection/c")";
  EXPECT_EQ(write_json(ok("ListTagsForResource", "{" + arn + "}")), R"({"Tags":{}})");
  EXPECT_EQ(write_json(ok("TagResource", "{" + arn + R"(,"Tags":{"a":"1","größe":"x y"}})")), "{}");
  ok("TagResource", "{" + short_arn + R"(,"Tags":{"a":"2","b":""}})");
  EXPECT_EQ(write_json(ok("ListTagsForResource", "{" + arn + "}")),
            R"({"Tags":{"a":"2","b":"","größe":"x y"}})");
  ok("UntagResource", "{" + arn + R"(,"TagKeys":["a","absent"]})");
  EXPECT_EQ(write_json(ok("ListTagsForResource", "{" + arn + "}")), R"({"Tags":{"b":"","größe":"x y"}})");
  for (const char* tags : {R"({"aws:x":"1"})", R"({"":"1"})", R"({"a<":"1"})", R"({"a":"<"})"}) {
    EXPECT_EQ(refusal(call("TagResource", "{" + arn + R"(,"Tags":)" + tags + "}"), "ValidationException"), "")
        << tags;
  }
  std::string many = R"({"t0":"")";
  for (int i = 1; i < 199; ++i) many += ",\"t" + std::to_string(i) + "\":\"\"";
  EXPECT_EQ(
      refusal(call("TagResource", "{" + arn + R"(,"Tags":)" + many + "}}"), "ServiceQuotaExceededException"),
      "");
  EXPECT_EQ(
      refusal(call("TagResource",
                   R"({"ResourceArn":"arn:aws:rekognition:us-east-1:000000000000:collection/no","Tags":{}})"),
              "ResourceNotFoundException"),
      "");
  EXPECT_EQ(refusal(call("ListTagsForResource", R"({"ResourceArn":"arn:aws:s3:::bucket/with/a/name"})"),
                    "InvalidParameterException"),
            "");
  EXPECT_EQ(refusal(call("TagResource", "{" + arn + "}"), "ValidationException", "tags"), "");
  EXPECT_EQ(refusal(call("UntagResource", "{" + arn + "}"), "ValidationException", "tagKeys"), "");
}

TEST_F(CollectionsTest, ListFacesSaysAllThatIsKnown) {
  const json::value indexed = index({1, 2}, 0, R"(,"ExternalImageId":"album:7_x.jpg")");
  const json::value listed = ok("ListFaces", R"({"CollectionId":"c"})");
  EXPECT_EQ(keys(listed), "Faces FaceModelVersion");
  ASSERT_EQ(listed.at("Faces").as_array().size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(listed.at("Faces").at(i), indexed.at("FaceRecords").at(i).at("Face"));
  }
  EXPECT_EQ(keys(listed.at("Faces").at(0)),
            "FaceId BoundingBox ImageId ExternalImageId Confidence IndexFacesModelVersion");
  EXPECT_EQ(listed.at("Faces").at(0).at("ExternalImageId"), "album:7_x.jpg");
  EXPECT_EQ(listed.at("Faces").at(0).at("IndexFacesModelVersion"), "7.1");
}

TEST_F(CollectionsTest, ListFacesPagesAndFilters) {
  std::vector<std::string> ids;
  for (unsigned person = 1; person <= 5; ++person) ids.push_back(index_one(person));
  ok("CreateUser", R"({"CollectionId":"c","UserId":"ann"})");
  ok("AssociateFaces",
     R"({"CollectionId":"c","UserId":"ann","FaceIds":[")" + ids[1] + "\",\"" + ids[3] + "\"]}");
  std::string walked, token;
  for (int pages = 0; pages < 10; ++pages) {
    const json::value page =
        ok("ListFaces", R"({"CollectionId":"c","MaxResults":2)" +
                            (token.empty() ? "" : R"(,"NextToken":")" + token + "\"") + "}");
    walked += each(page, "Faces", "FaceId") + " ";
    if (find(page, "NextToken") == nullptr) break;
    token = page.at("NextToken").as_string();
  }
  EXPECT_EQ(walked, ids[0] + " " + ids[1] + " " + ids[2] + " " + ids[3] + " " + ids[4] + " ");
  const json::value of_ann = ok("ListFaces", R"({"CollectionId":"c","UserId":"ann"})");
  EXPECT_EQ(each(of_ann, "Faces", "FaceId"), ids[1] + " " + ids[3]);
  EXPECT_EQ(each(of_ann, "Faces", "UserId"), "ann ann");
  EXPECT_EQ(each(ok("ListFaces", R"({"CollectionId":"c","FaceIds":[")" + ids[4] + "\",\"" + kAbsent +
                                     "\",\"" + ids[1] + "\"]}"),
                 "Faces", "FaceId"),
            ids[1] + " " + ids[4]);
  EXPECT_EQ(each(ok("ListFaces", R"({"CollectionId":"c","UserId":"ann","FaceIds":[")" + ids[4] + "\",\"" +
                                     ids[1] + "\"]}"),
                 "Faces", "FaceId"),
            ids[1]);
  EXPECT_EQ(refusal(call("ListFaces", R"({"CollectionId":"c","UserId":"ann","NextToken":")" + token + "\"}"),
                    "InvalidPaginationTokenException"),
            "")
      << "of another filter";
  EXPECT_EQ(refusal(call("ListFaces", R"({"CollectionId":"c","UserId":"bob"})"), "ResourceNotFoundException"),
            "");
  EXPECT_EQ(
      refusal(call("ListFaces", R"({"CollectionId":"c","FaceIds":[]})"), "ValidationException", "faceIds"),
      "");
  EXPECT_EQ(
      refusal(call("ListFaces", R"({"CollectionId":"c","FaceIds":["x"]})"), "ValidationException", "faceIds"),
      "");
}

TEST_F(CollectionsTest, DeleteFaces) {
  const std::string one = index_one(1), two = index_one(2), three = index_one(3);
  ok("CreateUser", R"({"CollectionId":"c","UserId":"ann"})");
  ok("AssociateFaces", R"({"CollectionId":"c","UserId":"ann","FaceIds":[")" + two + "\"]}");
  const json::value deleted = ok("DeleteFaces", R"({"CollectionId":"c","FaceIds":[")" + one + "\",\"" + two +
                                                    "\",\"" + kAbsent + "\"]}");
  EXPECT_EQ(write_json(deleted),
            R"({"DeletedFaces":[")" + one + R"("],"UnsuccessfulFaceDeletions":[{"FaceId":")" + two +
                R"(","UserId":"ann","Reasons":["ASSOCIATED_TO_AN_EXISTING_USER"]},{"FaceId":")" + kAbsent +
                R"(","Reasons":["FACE_NOT_FOUND"]}]})");
  EXPECT_EQ(each(ok("ListFaces", R"({"CollectionId":"c"})"), "Faces", "FaceId"), two + " " + three);
  EXPECT_EQ(ok("DescribeCollection", R"({"CollectionId":"c"})").at("FaceCount"), 2);
  EXPECT_EQ(refusal(call("DeleteFaces", R"({"CollectionId":"c"})"), "ValidationException", "faceIds"), "");
  EXPECT_EQ(
      refusal(call("DeleteFaces", R"({"CollectionId":"c","FaceIds":[]})"), "ValidationException", "faceIds"),
      "");
  EXPECT_EQ(refusal(call("DeleteFaces", R"({"CollectionId":"c","FaceIds":["X"]})"), "ValidationException",
                    "faceIds"),
            "");
}

}  // namespace
}  // namespace eyrie::api::testing
