#include <gmock/gmock.h>

#include <thread>

#include "store/faces/testing.h"

namespace eyrie::store {
namespace {

using ::testing::ElementsAre;
using testing::embedding;
using ::testing::IsEmpty;

class UsersTest : public testing::FaceTest {
 protected:
  void SetUp() override {
    FaceTest::SetUp();
    ASSERT_TRUE(faces().create_user("c", "ann", {}));
    ASSERT_TRUE(faces().create_user("c", "bob", {}));
  }
  std::vector<std::string> nearest_users(unsigned person, double least) {
    const auto found = faces().nearest_users("c", *faces().vector("c", "1.0", embedding(person)), 10, least);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> names;
    for (const auto& near : *found) names.push_back(near.entry.name);
    return names;
  }
  FaceChanges associate(const std::string& user, const std::vector<std::string>& ids, double least = 0.5) {
    auto changes = faces().associate("c", user, ids, least, {});
    EXPECT_TRUE(changes) << changes.error().message;
    return changes ? *changes : FaceChanges{};
  }
};

TEST_F(UsersTest, ComeAndGo) {
  EXPECT_EQ(faces().create_user("c", "ann", {}).error().code, Code::kAlreadyExists);
  EXPECT_EQ(faces().create_user("absent", "ann", {}).error().code, Code::kNotFound);
  reopen();
  const auto first = faces().users("c", 0, 1);
  ASSERT_EQ(first->entries.size(), 1U);
  EXPECT_EQ(first->entries[0].name, "ann");
  const auto second = faces().users("c", first->next, 5);
  ASSERT_EQ(second->entries.size(), 1U);
  EXPECT_EQ(second->entries[0].name, "bob");
  EXPECT_EQ(second->next, 0);
  EXPECT_EQ(faces().collection("c")->users, 2U);
  ASSERT_TRUE(faces().delete_user("c", "ann", {}));
  EXPECT_EQ(faces().delete_user("c", "ann", {}).error().code, Code::kNotFound);
  EXPECT_EQ(faces().collection("c")->users, 1U);
}

TEST_F(UsersTest, AUsersVectorIsTheMeanOfItsFaces) {
  EXPECT_EQ(*faces().user_vector("c", "ann"), std::nullopt);
  EXPECT_EQ(faces().user_vector("c", "absent").error().code, Code::kNotFound);
  const std::string one = add(1, 1), two = add(1, 2), three = add(1, 3);
  EXPECT_THAT(nearest_users(1, -1), IsEmpty());
  const FaceChanges changes = associate("ann", {one, two});
  EXPECT_THAT(changes.done, ElementsAre(one, two));
  EXPECT_EQ(changes.user_faces, 2U);
  const VectorCode both =
      *mean(std::vector<VectorCode>{*VectorCode::of(embedding(1, 1)), *VectorCode::of(embedding(1, 2))});
  const VectorCode all = *mean(std::vector<VectorCode>{
      *VectorCode::of(embedding(1, 1)), *VectorCode::of(embedding(1, 2)), *VectorCode::of(embedding(1, 3))});
  EXPECT_NEAR(cosine(**faces().user_vector("c", "ann"), both), 1, 1e-6);
  EXPECT_EQ(associate("ann", {three}).user_faces, 3U);
  EXPECT_NEAR(cosine(**faces().user_vector("c", "ann"), all), 1, 1e-6);
  EXPECT_THAT(nearest_users(1, 0.5), ElementsAre("ann")) << "its vectors before are gone";
  reopen();
  EXPECT_NEAR(cosine(**faces().user_vector("c", "ann"), all), 1, 1e-6);
  EXPECT_THAT(nearest_users(1, 0.5), ElementsAre("ann"));
  EXPECT_THAT(listed({.user = "ann"}), ElementsAre(one, two, three));
  EXPECT_EQ(faces().faces("c", {}, 0, 1)->entries[0].user, "ann");
  const auto removed = faces().disassociate("c", "ann", {three, two, one}, {});
  ASSERT_TRUE(removed);
  EXPECT_THAT(removed->done, ElementsAre(three, two, one));
  EXPECT_EQ(removed->user_faces, 0U);
  EXPECT_THAT(nearest_users(1, -1), IsEmpty());
  EXPECT_EQ(*faces().user_vector("c", "ann"), std::nullopt);
  EXPECT_THAT(listed({.user = "ann"}), IsEmpty());
}

TEST_F(UsersTest, SaysWhyAFaceWasNotAssociated) {
  const std::string mine = add(1, 1), far = add(2), bobs = add(3), absent = uuid_v4();
  associate("bob", {bobs});
  EXPECT_THAT(associate("ann", {mine, mine}).done, ElementsAre(mine));
  const FaceChanges changes = associate("ann", {absent, far, bobs, mine});
  EXPECT_THAT(changes.done, IsEmpty());
  ASSERT_EQ(changes.problems.size(), 3U) << "its own face is passed over";
  EXPECT_EQ(changes.problems[0].face_id, absent);
  EXPECT_EQ(changes.problems[0].reason, FaceProblemReason::kFaceNotFound);
  EXPECT_EQ(changes.problems[1].reason, FaceProblemReason::kTooFar);
  EXPECT_NEAR(*changes.problems[1].cosine,
              cosine(*VectorCode::of(embedding(1, 1)), *VectorCode::of(embedding(2))), 1e-9);
  EXPECT_EQ(changes.problems[2].reason, FaceProblemReason::kOfAnotherUser);
  EXPECT_EQ(changes.problems[2].user, "bob");
  EXPECT_EQ(changes.user_faces, 1U);
  EXPECT_EQ(faces().associate("c", "absent", {mine}, 0, {}).error().code, Code::kNotFound);
}

TEST_F(UsersTest, SaysWhyAFaceWasNotDisassociated) {
  const std::string mine = add(1), bobs = add(2), nobodys = add(3), absent = uuid_v4();
  associate("ann", {mine});
  associate("bob", {bobs});
  const auto changes = faces().disassociate("c", "ann", {nobodys, bobs, absent, mine, mine}, {});
  ASSERT_TRUE(changes);
  EXPECT_THAT(changes->done, ElementsAre(mine));
  ASSERT_EQ(changes->problems.size(), 2U);
  EXPECT_EQ(changes->problems[0].user, "bob");
  EXPECT_EQ(changes->problems[1].reason, FaceProblemReason::kFaceNotFound);
  EXPECT_EQ(faces().disassociate("c", "absent", {mine}, {}).error().code, Code::kNotFound);
}

TEST_F(UsersTest, AFullUserTakesNoMore) {
  std::vector<std::string> ids;
  for (unsigned take = 1; take <= 102; ++take) ids.push_back(add(1, take));
  const FaceChanges most = associate("ann", {ids.begin(), ids.begin() + 98});
  EXPECT_EQ(most.user_faces, 98U);
  const FaceChanges rest = associate("ann", {ids.begin() + 98, ids.end()});
  EXPECT_THAT(rest.done, ElementsAre(ids[98], ids[99]));
  ASSERT_EQ(rest.problems.size(), 2U);
  EXPECT_EQ(rest.problems[1].face_id, ids[101]);
  EXPECT_EQ(rest.problems[1].reason, FaceProblemReason::kUserFull);
  EXPECT_EQ(faces().associate("c", "ann", {ids[100]}, 0, {}).error().code, Code::kTooLarge);
}

TEST_F(UsersTest, FacesOfAUserStayUntilItGoes) {
  const std::string one = add(1, 1), two = add(1, 2);
  associate("ann", {one});
  const auto kept = faces().remove_faces("c", {one, two});
  EXPECT_THAT(kept->done, ElementsAre(two));
  ASSERT_EQ(kept->problems.size(), 1U);
  EXPECT_EQ(kept->problems[0].reason, FaceProblemReason::kOfAUser);
  EXPECT_EQ(kept->problems[0].user, "ann");
  EXPECT_THAT(nearest_users(1, 0.5), ElementsAre("ann"));
  ASSERT_TRUE(faces().delete_user("c", "ann", {}));
  EXPECT_THAT(nearest_users(1, -1), IsEmpty());
  EXPECT_THAT(faces().remove_faces("c", {one})->done, ElementsAre(one));
}

RequestToken token_of(const std::string& token, const std::string& request) {
  return {.token = token, .request = crypto::sha256(as_bytes(request))};
}

TEST_F(UsersTest, ARequestSentAgainIsAnsweredAgainAndDoesNothing) {
  const std::string one = add(1, 1), far = add(2);
  ASSERT_TRUE(faces().create_user("c", "eve", token_of("t1", "create")));
  EXPECT_TRUE(faces().create_user("c", "eve", token_of("t1", "create")));
  EXPECT_EQ(faces().collection("c")->users, 3U);
  EXPECT_EQ(faces().create_user("c", "eve", token_of("t2", "create")).error().code, Code::kAlreadyExists);
  EXPECT_EQ(faces().create_user("c", "eva", token_of("t1", "other")).error().code, Code::kFailedPrecondition);

  ASSERT_TRUE(faces().associate("c", "eve", {one}, 0, token_of("t3", "associate")));
  const auto first = faces().associate("c", "eve", {far, "absent"}, 0.9, token_of("t4", "again"));
  ASSERT_TRUE(faces().disassociate("c", "eve", {one}, token_of("t5", "disassociate")));
  reopen();
  const auto again = faces().associate("c", "eve", {far, "absent"}, 0.9, token_of("t4", "again"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->done, first->done);
  ASSERT_EQ(again->problems.size(), 2U);
  EXPECT_EQ(again->problems[0].cosine, first->problems[0].cosine);
  EXPECT_EQ(again->problems[1].reason, FaceProblemReason::kFaceNotFound);
  EXPECT_EQ(again->user_faces, 1U) << "as it was then";
  EXPECT_THAT(faces().associate("c", "eve", {one}, 0, token_of("t3", "associate"))->done, ElementsAre(one));
  EXPECT_THAT(listed({.user = "eve"}), IsEmpty()) << "answered, not done again";

  ASSERT_TRUE(faces().delete_user("c", "eve", token_of("t6", "delete")));
  EXPECT_TRUE(faces().delete_user("c", "eve", token_of("t6", "delete")));
  clock_.advance_ms(8LL * 3600 * 1000 + 1);
  EXPECT_EQ(faces().delete_user("c", "eve", token_of("t6", "delete")).error().code, Code::kNotFound);
  EXPECT_TRUE(faces().create_user("c", "eva", token_of("t1", "other"))) << "a token that old is free";
}

TEST_F(UsersTest, OneOfManyAtOnceCreates) {
  std::vector<std::thread> threads;
  std::atomic<int> made = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] { made += faces().create_user("c", "race", {}).has_value() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace eyrie::store
