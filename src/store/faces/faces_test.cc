#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/log.h"
#include "store/faces/testing.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {
namespace {

using ::testing::ElementsAre;
using testing::embedding;
using ::testing::IsEmpty;
using testing::picture;
using ::testing::UnorderedElementsAreArray;

class FacesTest : public testing::FaceTest {
 protected:
  // Beside the store, as a thief of the file would.
  std::unique_ptr<Connection> break_in() {
    return std::move(*Connection::open(directory_.path() / "eyrie.db", 1024));
  }
  static std::int64_t count(Connection& connection, std::string_view sql) {
    auto statement = connection.prepare(sql);
    EXPECT_TRUE(statement);
    EXPECT_TRUE(*statement->step());
    return statement->integer(0);
  }
};

TEST_F(FacesTest, CollectionsComeAndGo) {
  ASSERT_TRUE(faces().create_collection("b", "2.0", {{"team", "red"}}));
  EXPECT_EQ(faces().create_collection("b", "2.0", {}).error().code, Code::kAlreadyExists);
  reopen();
  const auto collection = faces().collection("b");
  ASSERT_TRUE(collection);
  EXPECT_EQ(collection->model, "2.0");
  EXPECT_EQ(collection->created_ms, clock_.now_ms());
  EXPECT_EQ(collection->tags, (StringMap{{"team", "red"}}));
  EXPECT_EQ(collection->faces, 0U);
  const auto first = faces().collections(0, 1);
  ASSERT_EQ(first->entries.size(), 1U);
  EXPECT_EQ(first->entries[0].name, "c") << "oldest first";
  const auto second = faces().collections(first->next, 1);
  ASSERT_EQ(second->entries.size(), 1U);
  EXPECT_EQ(second->entries[0].name, "b");
  EXPECT_EQ(second->next, 0);
  ASSERT_TRUE(faces().delete_collection("b"));
  EXPECT_EQ(faces().delete_collection("b").error().code, Code::kNotFound);
  EXPECT_EQ(faces().collection("b").error().message, "The collection id: b does not exist");
}

TEST_F(FacesTest, TagsChangeInOneStep) {
  ASSERT_TRUE(faces().change_tags("c", [](StringMap& tags) -> Status {
    tags["a"] = "1";
    return {};
  }));
  const Status refused = faces().change_tags("c", [](StringMap& tags) -> Status {
    EXPECT_EQ(tags.at("a"), "1");
    tags.clear();
    return fail(Code::kTooLarge, "no");
  });
  EXPECT_EQ(refused.error().code, Code::kTooLarge);
  EXPECT_EQ(faces().collection("c")->tags, (StringMap{{"a", "1"}}));
}

TEST_F(FacesTest, WhatWasAddedIsFoundAlsoAfterReopening) {
  auto two = picture("two", {embedding(1), embedding(2)}, "album:7");
  const auto added = faces().add_faces("c", two);
  ASSERT_TRUE(added) << added.error().message;
  ASSERT_EQ(added->size(), 2U);
  EXPECT_NE(added->at(0).id, added->at(1).id);
  EXPECT_EQ(added->at(0).image_id, added->at(1).image_id);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(nearest(1, 10, 0.9), ElementsAre(added->at(0).id));
    EXPECT_THAT(nearest(2, 10, 0.9), ElementsAre(added->at(1).id));
    EXPECT_THAT(nearest(3, 10, 0.9), IsEmpty());
    const auto found = faces().nearest_faces("c", **faces().face_vector("c", added->at(1).id), 10, 0.9);
    ASSERT_EQ(found->size(), 1U);
    const StoredFace& face = found->front().entry;
    EXPECT_NEAR(found->front().cosine, 1, 1e-6);
    EXPECT_EQ(face.external_image_id, "album:7");
    EXPECT_EQ(face.image_id, added->at(1).image_id);
    EXPECT_EQ(face.box, two.faces[1].box);
    EXPECT_EQ(face.confidence, 99.5);
    EXPECT_EQ(face.user, "");
    EXPECT_EQ(faces().collection("c")->faces, 2U);
    EXPECT_EQ(faces().collection("c")->dimension, testing::kDimension);
    reopen();
  }
}

TEST_F(FacesTest, APictureThatComesAgainIsNotAddedAgain) {
  const auto first = faces().add_faces("c", picture("p", {embedding(1)}, "x"));
  // The second time another face of it is wanted too.
  const auto again = faces().add_faces("c", picture("p", {embedding(1), embedding(2)}, "x"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->at(0).id, first->at(0).id);
  EXPECT_EQ(faces().collection("c")->faces, 2U);
  const auto other_name = faces().add_faces("c", picture("p", {embedding(1)}, "y"));
  EXPECT_NE(other_name->at(0).id, first->at(0).id);
  EXPECT_NE(other_name->at(0).image_id, first->at(0).image_id);
  const auto other_picture = faces().add_faces("c", picture("q", {embedding(1)}, "x"));
  EXPECT_NE(other_picture->at(0).id, first->at(0).id);
  EXPECT_EQ(faces().collection("c")->faces, 4U);
  ASSERT_TRUE(faces().create_collection("d", "1.0", {}));
  EXPECT_NE(faces().add_faces("d", picture("p", {embedding(1)}, "x"))->at(0).id, first->at(0).id);
}

TEST_F(FacesTest, AllOfAPictureOrNone) {
  add(1);
  const auto refused =
      faces().add_faces("c", picture("p", {embedding(2), embedding(3, 0, testing::kDimension + 1)}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_EQ(faces().add_faces("c", picture("q", {embedding(2), {}})).error().code, Code::kInvalidArgument);
  EXPECT_EQ(faces().collection("c")->faces, 1U);
  EXPECT_EQ(listed().size(), 1U);
  EXPECT_THAT(nearest(2, 10, 0.9), IsEmpty());
}

TEST_F(FacesTest, AnotherModelsFacesAreRefused) {
  auto other = picture("p", {embedding(1)});
  other.model = "2.0";
  EXPECT_EQ(faces().add_faces("c", other).error().code, Code::kUnsupported);
  EXPECT_EQ(faces().vector("c", "2.0", embedding(1)).error().code, Code::kUnsupported);
  add(1);
  const auto long_one = faces().vector("c", "1.0", embedding(1, 0, testing::kDimension + 1));
  ASSERT_TRUE(long_one);
  EXPECT_EQ(faces().nearest_faces("c", *long_one, 1, 0).error().code, Code::kInvalidArgument);
}

TEST_F(FacesTest, NoMoreFacesThanTheLimit) {
  store_.reset();
  auto opened = EmbeddedStore::open({.directory = directory_.path(),
                                     .clock = &clock_,
                                     .face_limits = {.collection_faces = 2, .collection_users = 1}});
  ASSERT_TRUE(opened);
  store_ = std::move(*opened);
  const std::string first = add(1);
  EXPECT_EQ(faces().add_faces("c", picture("p", {embedding(2), embedding(3)})).error().code, Code::kTooLarge);
  EXPECT_EQ(faces().collection("c")->faces, 1U);
  add(4);
  EXPECT_TRUE(faces().add_faces("c", picture("1/0", {embedding(1)}))) << "known: nothing is added";
  ASSERT_TRUE(faces().remove_faces("c", {first}));
  add(5);
  ASSERT_TRUE(faces().create_user("c", "u", {}));
  EXPECT_EQ(faces().create_user("c", "v", {}).error().code, Code::kTooLarge);
}

TEST_F(FacesTest, PagesMeetEachOnceWhateverChangesMeanwhile) {
  std::vector<std::string> ids;
  for (unsigned i = 0; i < 25; ++i) ids.push_back(add(i));
  EXPECT_EQ(listed({}, 7), ids) << "oldest first";
  EXPECT_EQ(listed({}, 25), ids);
  const auto first = faces().faces("c", {}, 0, 10);
  ASSERT_EQ(first->entries.size(), 10U);
  ASSERT_TRUE(faces().remove_faces("c", {ids[3], ids[9], ids[12]}));
  const std::string late = add(100);
  std::vector<std::string> rest;
  for (const StoredFace& face : faces().faces("c", {}, first->next, 100)->entries) rest.push_back(face.id);
  std::vector<std::string> expected(ids.begin() + 10, ids.end());
  std::erase(expected, ids[12]);
  expected.push_back(late);
  EXPECT_EQ(rest, expected);
}

TEST_F(FacesTest, ListsByIds) {
  std::vector<std::string> ids;
  for (unsigned i = 0; i < 9; ++i) ids.push_back(add(i));
  const std::vector<std::string> asked{ids[7], ids[2], uuid_v4(), ids[2], "no uuid", ids[5]};
  EXPECT_THAT(listed({.ids = asked}), ElementsAre(ids[2], ids[5], ids[7]));
  EXPECT_THAT(listed({.ids = asked}, 2), ElementsAre(ids[2], ids[5], ids[7]));
  EXPECT_THAT(listed({.ids = asked}, 3), ElementsAre(ids[2], ids[5], ids[7]));
}

TEST_F(FacesTest, RemovedFacesAreGone) {
  const std::string one = add(1), two = add(2), three = add(3), absent = uuid_v4();
  EXPECT_THAT(nearest(1, 10, 0.9), ElementsAre(one));
  const auto removed = faces().remove_faces("c", {one, absent, one, three});
  ASSERT_TRUE(removed);
  EXPECT_THAT(removed->done, ElementsAre(one, three));
  ASSERT_EQ(removed->problems.size(), 1U);
  EXPECT_EQ(removed->problems[0].face_id, absent);
  EXPECT_EQ(removed->problems[0].reason, FaceProblemReason::kFaceNotFound);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(nearest(1, 10, 0.9), IsEmpty());
    EXPECT_THAT(nearest(2, 10, 0.9), ElementsAre(two));
    EXPECT_EQ(faces().collection("c")->faces, 1U);
    EXPECT_EQ(*faces().face_vector("c", one), std::nullopt);
    reopen();
  }
}

TEST_F(FacesTest, CollectionsDoNotSeeEachOther) {
  ASSERT_TRUE(faces().create_collection("d", "1.0", {}));
  const std::string here = add(1, 0, "c"), there = add(1, 0, "d");
  EXPECT_THAT(nearest(1, 10, 0.9, "c"), ElementsAre(here));
  EXPECT_THAT(nearest(1, 10, 0.9, "d"), ElementsAre(there));
  EXPECT_EQ(*faces().face_vector("c", there), std::nullopt);
  EXPECT_EQ(faces().remove_faces("c", {there})->done.size(), 0U);
  ASSERT_TRUE(faces().delete_collection("d"));
  EXPECT_EQ(faces().nearest_faces("d", *faces().vector("c", "1.0", embedding(1)), 1, 0).error().code,
            Code::kNotFound);
  ASSERT_TRUE(faces().create_collection("d", "1.0", {}));
  EXPECT_THAT(nearest(1, 10, -1, "d"), IsEmpty()) << "a new collection of an old name is empty";
  EXPECT_THAT(nearest(1, 10, 0.9, "c"), ElementsAre(here));
}

TEST_F(FacesTest, RowsOfADeletedCollectionGo) {
  const std::string kept = add(1);
  ASSERT_TRUE(faces().create_collection("d", "1.0", {}));
  for (unsigned i = 0; i < 1200; i += 100) {
    std::vector<std::vector<float>> hundred;
    for (unsigned k = 0; k < 100; ++k) hundred.push_back(embedding(i + k));
    ASSERT_TRUE(faces().add_faces("d", picture(std::to_string(i), hundred)));
  }
  ASSERT_TRUE(faces().create_user("d", "u", {.token = "t"}));
  ASSERT_TRUE(faces().delete_collection("d"));
  reopen();  // in the middle of it: it goes on
  const auto thief = break_in();
  for (int i = 0; i < 1000 && count(*thief, "SELECT count(*) FROM dropped_collections") > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(count(*thief, "SELECT count(*) FROM dropped_collections"), 0);
  EXPECT_EQ(count(*thief, "SELECT count(*) FROM faces"), 1);
  EXPECT_EQ(count(*thief, "SELECT count(*) FROM users"), 0);
  EXPECT_EQ(count(*thief, "SELECT count(*) FROM request_tokens"), 0);
  EXPECT_THAT(listed(), ElementsAre(kept));
}

TEST_F(FacesTest, VectorsAreNotReadableOnDisk) {
  add(1);
  store_.reset();
  const VectorCode code = *VectorCode::of(embedding(1));
  const auto plane = code.bytes().first(testing::kDimension);
  std::string everything;
  for (const auto& file : testing::files_below(directory_.path())) {
    std::ifstream stream(file, std::ios::binary);
    everything.append(std::istreambuf_iterator<char>(stream), {});
  }
  EXPECT_NE(everything.find("faces_image"), std::string::npos) << "the database was read";
  EXPECT_EQ(everything.find(as_text(plane.first(16))), std::string::npos);
  reopen();
}

TEST_F(FacesTest, ExchangedOrDamagedVectorsAreNeverUsed) {
  const std::string one = add(1), two = add(2), three = add(3), four = add(4);
  reopen();
  ASSERT_TRUE(break_in()->execute(
      "CREATE TEMP TABLE t AS SELECT id, vector FROM faces;"
      "UPDATE faces SET vector = (SELECT vector FROM t WHERE t.id = 3 - faces.id) WHERE id IN (1, 2);"
      "UPDATE faces SET vector = substr(vector, 1, 20) WHERE id = 3"));
  set_log_level(LogLevel::kOff);
  EXPECT_THAT(nearest(1, 10, -1), ElementsAre(four));
  EXPECT_EQ(faces().face_vector("c", one).error().code, Code::kCorrupt);
  EXPECT_EQ(faces().face_vector("c", three).error().code, Code::kCorrupt);
  EXPECT_THAT(nearest(4, 10, 0.9), ElementsAre(four)) << "the others are served";
  ASSERT_TRUE(faces().create_user("c", "u", {}));
  EXPECT_EQ(faces().associate("c", "u", {one, four}, 0, {}).error().code, Code::kCorrupt);
  EXPECT_EQ(listed({.user = "u"}), std::vector<std::string>()) << "all or none";
  set_log_level(LogLevel::kInfo);
}

// Who was told that a face is stored finds it at once, whoever else adds, removes and searches.
TEST_F(FacesTest, AnsweredMeansSearchable) {
  constexpr unsigned kWriters = 4, kEach = 60;
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) nearest(0, 5, 0.5);
  });
  std::vector<std::thread> writers;
  for (unsigned w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (unsigned i = 0; i < kEach; ++i) {
        const unsigned person = 1 + w * kEach + i;
        const std::string id = add(person);
        ASSERT_THAT(nearest(person, 10, 0.99), ElementsAre(id));
        if (i % 3 != 0) continue;
        ASSERT_EQ(faces().remove_faces("c", {id})->done.size(), 1U);
        ASSERT_THAT(nearest(person, 10, 0.99), IsEmpty());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  reader.join();
  EXPECT_EQ(faces().collection("c")->faces, kWriters * kEach * 2 / 3);
  const auto before = nearest(7, 1000, -1);
  reopen();
  ASSERT_TRUE(faces().warm_up());
  EXPECT_EQ(nearest(7, 1000, -1), before);
  EXPECT_THAT(listed(), UnorderedElementsAreArray(before));
}

}  // namespace
}  // namespace eyrie::store
