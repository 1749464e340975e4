// Users of a collection: CreateUser to SearchUsersByImage.
#include "api/rekognition/collections/testing.h"

namespace eyrie::api::testing {
namespace {

class UsersTest : public CollectionsTest {
 protected:
  static std::string of(const std::string& user, const std::string& more = "") {
    return R"({"CollectionId":"c","UserId":")" + user + "\"" + more + "}";
  }
  static std::string ids(const std::vector<std::string>& faces) {
    std::string list;
    for (const std::string& face : faces) list += (list.empty() ? "\"" : ",\"") + face + "\"";
    return R"(,"FaceIds":[)" + list + "]";
  }
  json::value search(const std::string& more) {
    return ok("SearchUsers", R"({"CollectionId":"c",)" + more + "}");
  }
};

TEST_F(UsersTest, CreateListDelete) {
  EXPECT_EQ(write_json(ok("CreateUser", of("ann:1"))), "{}");
  ok("CreateUser", of("bob"));
  ok("CreateUser", of("eve"));
  EXPECT_EQ(refusal(call("CreateUser", of("bob")), "ConflictException", "bob"), "");
  EXPECT_EQ(refusal(call("CreateUser", R"({"CollectionId":"no","UserId":"x"})"), "ResourceNotFoundException"),
            "");
  const json::value first = ok("ListUsers", R"({"CollectionId":"c","MaxResults":2})");
  EXPECT_EQ(write_json(first.at("Users")),
            R"([{"UserId":"ann:1","UserStatus":"CREATED"},{"UserId":"bob","UserStatus":"CREATED"}])");
  const json::value rest = ok("ListUsers", R"({"CollectionId":"c","MaxResults":2,"NextToken":")" +
                                               std::string(first.at("NextToken").as_string()) + "\"}");
  EXPECT_EQ(each(rest, "Users", "UserId"), "eve");
  EXPECT_EQ(find(rest, "NextToken"), nullptr);
  EXPECT_EQ(ok("DescribeCollection", R"({"CollectionId":"c"})").at("UserCount"), 3);
  EXPECT_EQ(write_json(ok("DeleteUser", of("bob"))), "{}");
  EXPECT_EQ(refusal(call("DeleteUser", of("bob")), "ResourceNotFoundException", "bob"), "");
  for (const char* wrong : {"", "a b", "a/b"}) {
    EXPECT_EQ(refusal(call("CreateUser", of(wrong)), "ValidationException", "userId"), "") << wrong;
  }
  for (const char* size : {"0", "501"}) {
    EXPECT_EQ(refusal(call("ListUsers", std::string(R"({"CollectionId":"c","MaxResults":)") + size + "}"),
                      "ValidationException"),
              "");
  }
}

TEST_F(UsersTest, TokensMakeRetriesHarmless) {
  const std::string token = R"(,"ClientRequestToken":"t-1")";
  ok("CreateUser", of("ann", token));
  EXPECT_EQ(write_json(ok("CreateUser", of("ann", token))), "{}");
  EXPECT_EQ(refusal(call("CreateUser", of("bob", token)), "IdempotentParameterMismatchException", "t-1"), "");
  EXPECT_EQ(refusal(call("DeleteUser", of("ann", token)), "IdempotentParameterMismatchException"), "")
      << "another operation is another request";
  const std::string face = index_one(1);
  const std::string associate = of("ann", ids({face}) + R"(,"ClientRequestToken":"t-2")");
  const json::value associated = ok("AssociateFaces", associate);
  ok("DisassociateFaces", of("ann", ids({face}) + R"(,"ClientRequestToken":"t-3")"));
  EXPECT_EQ(ok("AssociateFaces", associate), associated);
  EXPECT_EQ(each(ok("ListUsers", R"({"CollectionId":"c"})"), "Users", "UserStatus"), "CREATED");
  EXPECT_EQ(refusal(call("AssociateFaces",
                         of("ann", ids({face}) + R"(,"UserMatchThreshold":1,"ClientRequestToken":"t-2")")),
                    "IdempotentParameterMismatchException"),
            "");
  EXPECT_EQ(refusal(call("CreateUser", of("x", R"(,"ClientRequestToken":"a.b")")), "ValidationException",
                    "clientRequestToken"),
            "");
}

TEST_F(UsersTest, AssociateFaces) {
  const std::string one = index_one(1, 1), two = index_one(1, 2), far = index_one(2), bobs = index_one(3);
  ok("CreateUser", of("ann"));
  ok("CreateUser", of("bob"));
  EXPECT_EQ(write_json(ok("AssociateFaces", of("ann", ids({one})))),
            R"({"AssociatedFaces":[{"FaceId":")" + one +
                R"("}],"UnsuccessfulFaceAssociations":[],"UserStatus":"ACTIVE"})");
  ok("AssociateFaces", of("bob", ids({bobs})));
  const json::value mixed = ok("AssociateFaces", of("ann", ids({two, far, bobs, kAbsent, one})));
  EXPECT_EQ(each(mixed, "AssociatedFaces", "FaceId"), two);
  EXPECT_EQ(each(mixed, "UnsuccessfulFaceAssociations", "FaceId"), far + " " + bobs + " " + kAbsent);
  EXPECT_EQ(each(mixed, "UnsuccessfulFaceAssociations", "Reasons"),
            R"(["LOW_MATCH_CONFIDENCE"] ["ASSOCIATED_TO_A_DIFFERENT_USER"] ["FACE_NOT_FOUND"])");
  EXPECT_EQ(each(mixed, "UnsuccessfulFaceAssociations", "UserId"), "- bob -");
  EXPECT_LT(mixed.at("UnsuccessfulFaceAssociations").at(0).at("Confidence").to_number<double>(), 75);
  EXPECT_EQ(each(ok("AssociateFaces", of("ann", ids({far}) + R"(,"UserMatchThreshold":0)")),
                 "AssociatedFaces", "FaceId"),
            far);
  EXPECT_EQ(refusal(call("AssociateFaces", of("no", ids({one}))), "ResourceNotFoundException", "no"), "");
  EXPECT_EQ(refusal(call("AssociateFaces", of("ann")), "ValidationException", "faceIds"), "");
  EXPECT_EQ(refusal(call("AssociateFaces", of("ann", ids(std::vector<std::string>(101, one)))),
                    "ValidationException", "faceIds"),
            "");
  const json::value undone = ok("DisassociateFaces", of("ann", ids({one, bobs, kAbsent})));
  EXPECT_EQ(each(undone, "DisassociatedFaces", "FaceId"), one);
  EXPECT_EQ(each(undone, "UnsuccessfulFaceDisassociations", "Reasons"),
            R"(["ASSOCIATED_TO_A_DIFFERENT_USER"] ["FACE_NOT_FOUND"])");
  EXPECT_EQ(undone.at("UserStatus"), "ACTIVE");
  EXPECT_EQ(ok("DisassociateFaces", of("ann", ids({two, far}))).at("UserStatus"), "CREATED");
}

TEST_F(UsersTest, AUserHoldsAHundredFaces) {
  std::vector<std::string> faces;
  for (unsigned take = 1; take <= 102; ++take) faces.push_back(index_one(1, take));
  ok("CreateUser", of("ann"));
  ok("AssociateFaces", of("ann", ids({faces.begin(), faces.begin() + 99})));
  const json::value rest = ok("AssociateFaces", of("ann", ids({faces[99], faces[100]})));
  EXPECT_EQ(each(rest, "AssociatedFaces", "FaceId"), faces[99]);
  EXPECT_EQ(each(rest, "UnsuccessfulFaceAssociations", "FaceId"), faces[100]);
  EXPECT_EQ(refusal(call("AssociateFaces", of("ann", ids({faces[101]}))), "ServiceQuotaExceededException"),
            "");
}

TEST_F(UsersTest, SearchUsers) {
  const std::string one = index_one(1, 1), two = index_one(1, 2), loose = index_one(1, 3),
                    other = index_one(2, 1);
  for (const char* user : {"ann", "annie", "bob", "nobody"}) ok("CreateUser", of(user));
  ok("AssociateFaces", of("ann", ids({one})));
  ok("AssociateFaces", of("annie", ids({two})));
  ok("AssociateFaces", of("bob", ids({other})));
  const json::value by_face = search(R"("FaceId":")" + one + "\"");
  EXPECT_EQ(keys(by_face), "UserMatches SearchedFace FaceModelVersion");
  EXPECT_EQ(write_json(by_face.at("SearchedFace")), R"({"FaceId":")" + one + "\"}");
  EXPECT_EQ(each_in(by_face, "UserMatches", "User", "UserId"), "ann annie");
  EXPECT_EQ(each_in(by_face, "UserMatches", "User", "UserStatus"), "ACTIVE ACTIVE");
  EXPECT_EQ(by_face.at("UserMatches").at(0).at("Similarity"), 100);
  EXPECT_EQ(search(R"("FaceId":")" + loose + "\"").at("UserMatches").as_array().size(), 2U);
  const json::value by_user = search(R"("UserId":"ann")");
  EXPECT_EQ(keys(by_user), "UserMatches SearchedUser FaceModelVersion");
  EXPECT_EQ(each_in(by_user, "UserMatches", "User", "UserId"), "annie") << "not itself";
  EXPECT_EQ(search(R"("UserId":"ann","UserMatchThreshold":0)").at("UserMatches").as_array().size(), 2U);
  EXPECT_EQ(each_in(search(R"("FaceId":")" + one + R"(","MaxUsers":1)"), "UserMatches", "User", "UserId"),
            "ann");
  EXPECT_EQ(write_json(search(R"("UserId":"nobody")").at("UserMatches")), "[]");
  EXPECT_EQ(refusal(call("SearchUsers", R"({"CollectionId":"c"})"), "InvalidParameterException"), "");
  EXPECT_EQ(refusal(call("SearchUsers", R"({"CollectionId":"c","UserId":"ann","FaceId":")" + one + "\"}"),
                    "InvalidParameterException"),
            "");
  EXPECT_EQ(
      refusal(call("SearchUsers", R"({"CollectionId":"c","UserId":"no"})"), "ResourceNotFoundException"), "");
  EXPECT_EQ(refusal(call("SearchUsers", std::string(R"({"CollectionId":"c","FaceId":")") + kAbsent + "\"}"),
                    "InvalidParameterException"),
            "");
  EXPECT_EQ(refusal(call("SearchUsers", R"({"CollectionId":"c","UserId":"ann","MaxUsers":501})"),
                    "ValidationException"),
            "");
}

TEST_F(UsersTest, SearchUsersByImage) {
  ok("CreateUser", of("ann"));
  ok("AssociateFaces", of("ann", ids({index_one(1, 1), index_one(1, 2)})));
  show({1, 2, 3}, 7);
  recognizer_.face_list[1].quality.brightness = 0;
  const Answer answer =
      call_with("SearchUsersByImage", new_picture(), R"(,"CollectionId":"c","QualityFilter":"AUTO")");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::value found = answer.json();
  EXPECT_EQ(keys(found), "UserMatches FaceModelVersion SearchedFace UnsearchedFaces");
  EXPECT_EQ(each_in(found, "UserMatches", "User", "UserId"), "ann");
  EXPECT_EQ(found.at("SearchedFace").at("FaceDetail").at("BoundingBox").at("Left"), 0.05);
  EXPECT_EQ(each(found, "UnsearchedFaces", "Reasons"), R"(["LOW_BRIGHTNESS"] ["FACE_NOT_LARGEST"])");
  EXPECT_EQ(keys(found.at("UnsearchedFaces").at(0).at("FaceDetails")),
            "BoundingBox Landmarks Pose Quality Confidence");
  show({});
  EXPECT_EQ(write_json(call_with("SearchUsersByImage", new_picture(), R"(,"CollectionId":"c")").json()),
            R"({"UserMatches":[],"FaceModelVersion":"7.1","UnsearchedFaces":[]})");
}

TEST_F(UsersTest, AUsersFacesSayWhose) {
  const std::string one = index_one(1, 1), two = index_one(1, 2);
  ok("CreateUser", of("ann"));
  ok("AssociateFaces", of("ann", ids({one})));
  EXPECT_EQ(each_in(ok("SearchFaces", R"({"CollectionId":"c","FaceId":")" + two + "\"}"), "FaceMatches",
                    "Face", "UserId"),
            "ann");
  ok("DeleteUser", of("ann"));
  EXPECT_EQ(each_in(ok("SearchFaces", R"({"CollectionId":"c","FaceId":")" + two + "\"}"), "FaceMatches",
                    "Face", "UserId"),
            "-");
}

}  // namespace
}  // namespace eyrie::api::testing
