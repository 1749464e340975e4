#include "analysis/pictures/awaited_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "analysis/analyze_image.h"
#include "analysis/record.h"
#include "store/testing.h"

namespace eyrie::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AwaitedPicturesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(items().create_table(record_table()));
    ASSERT_TRUE(objects().create_bucket("images"));
    ASSERT_TRUE(store_->set_rules(
        "images", {{.bucket = "images", .function = std::string(kAnalyzeImage), .events = {"ObjectCreated:*"}, .prefixes = {"uploads/"}, .suffixes = {}}}));
    watch();
  }
  void watch() {
    index_.emplace(items());
    items_.emplace(items(), *index_);
    awaited_.emplace(objects(), *index_);
    store_->watch_objects(&*awaited_);
  }
  void restart() {
    reopen();
    watch();
  }
  store::ObjectInfo put(const std::string& key) { return *store::testing::put(store_->objects(), "images", key, std::string_view("12345")); }
  std::vector<std::string> keys(PictureQuery query = {}) const {
    std::vector<std::string> found;
    for (const PicturePtr& picture : index_->search(query).pictures) found.push_back(picture->key);
    return found;
  }
  // What the function does first.
  store::Item begin(const store::ObjectInfo& object) {
    const store::Item record = pending_record({.bucket = object.bucket, .key = object.key, .sequencer = object.sequencer, .time_ms = object.modified_ms, .request_id = "r"});
    EXPECT_TRUE(items_->put(std::string(kRecordTable), record));
    return record;
  }

  std::optional<PictureIndex> index_;
  std::optional<IndexedItems> items_;
  std::optional<AwaitedPictures> awaited_;
};

TEST_F(AwaitedPicturesTest, AreThereAtOnceAndWriteNothing) {
  const std::uint64_t before = index_->search({}).revision;
  const store::ObjectInfo object = put("uploads/a.jpg");
  put("elsewhere/b.jpg");
  EXPECT_THAT(keys({.status = PictureStatus::kPending}), ElementsAre("uploads/a.jpg"));
  EXPECT_GT(index_->search({}).revision, before);
  EXPECT_EQ(index_->counts().pending, 1U);
  const PicturePtr picture = index_->find(image_id("images", "uploads/a.jpg"));
  ASSERT_NE(picture, nullptr);
  EXPECT_EQ(picture->version, object.sequencer);
  EXPECT_EQ(picture->bytes, 5U);
  EXPECT_EQ(picture->name, "a.jpg");
  EXPECT_THAT(store_->items().scan(std::string(kRecordTable), {})->items, IsEmpty());
}

TEST_F(AwaitedPicturesTest, BecomeTheirRecord) {
  const store::ObjectInfo object = put("uploads/a.jpg");
  store::Item record = begin(object);
  EXPECT_EQ(index_->counts().pending, 1U);
  record["ProcessingStatus"] = json::object{{"S", "COMPLETED"}};
  ASSERT_TRUE(items_->put(std::string(kRecordTable), record));
  EXPECT_EQ(index_->counts().pending, 0U);
  EXPECT_EQ(index_->counts().completed, 1U);
  awaited_->made(object, {std::string(kAnalyzeImage)});  // told late
  EXPECT_EQ(index_->counts().pending, 0U);
  ASSERT_TRUE(items_->remove(std::string(kRecordTable), record_key(record)));
  EXPECT_THAT(keys(), IsEmpty());
}

TEST_F(AwaitedPicturesTest, GoWithTheirObject) {
  const store::ObjectInfo object = put("uploads/a.jpg");
  put("uploads/b.jpg");
  ASSERT_TRUE(store_->objects().remove("images", "uploads/a.jpg", {}));
  EXPECT_THAT(keys(), ElementsAre("uploads/b.jpg"));
  awaited_->made(object, {std::string(kAnalyzeImage)});
  EXPECT_THAT(keys(), ElementsAre("uploads/b.jpg")) << "told late";
  awaited_->removed("images", "uploads/b.jpg");
  EXPECT_THAT(keys(), ElementsAre("uploads/b.jpg")) << "of a version before";
}

TEST_F(AwaitedPicturesTest, AreOneAKey) {
  put("uploads/a.jpg");
  const store::ObjectInfo second = put("uploads/a.jpg");
  ASSERT_THAT(keys(), ElementsAre("uploads/a.jpg"));
  EXPECT_EQ(index_->search({}).pictures[0]->version, second.sequencer);
  // Two keys of one id.
  put("uploads/0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6.jpg");
  ASSERT_TRUE(store_->objects().remove("images", "uploads/0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6.png", {}));
  EXPECT_EQ(keys().size(), 2U);
}

TEST_F(AwaitedPicturesTest, AreReadFromTheQueueAfterAStart) {
  put("uploads/a.jpg");
  begin(put("uploads/b.jpg"));
  put("uploads/gone.jpg");
  ASSERT_TRUE(store_->objects().remove("images", "uploads/gone.jpg", {}));
  restart();
  EXPECT_THAT(keys(), IsEmpty());
  ASSERT_TRUE(index_->read_all());
  const auto events = store_->waiting_events(std::string(kAnalyzeImage), 0, 10);
  ASSERT_TRUE(events);
  EXPECT_EQ(events->size(), 3U);
  EXPECT_EQ(store_->waiting_events(std::string(kAnalyzeImage), events->front().id, 1)->size(), 1U);
  EXPECT_THAT(*store_->waiting_events("another", 0, 10), IsEmpty());
  for (const store::Event& event : *events) awaited_->waits(event);
  EXPECT_THAT(keys({.order = PictureQuery::Order::kName}), ElementsAre("uploads/a.jpg", "uploads/b.jpg"));
  EXPECT_EQ(index_->counts().pending, 2U);
}

TEST_F(AwaitedPicturesTest, AreNotLeftBehindByAnyOrder) {
  for (int round = 0; round < 30; ++round) {
    const std::string key = "uploads/" + std::to_string(round) + ".jpg";
    std::thread writer([&] { put(key); });
    std::thread remover([&] { (void)store_->objects().remove("images", key, {}); });
    writer.join();
    remover.join();
    const bool there = store_->objects().head("images", key).has_value();
    EXPECT_EQ(keys().size(), there ? 1U : 0U) << key;
    if (there) ASSERT_TRUE(store_->objects().remove("images", key, {}));
  }
}

}  // namespace
}  // namespace eyrie::analysis
