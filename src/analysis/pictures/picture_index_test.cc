#include "analysis/pictures/picture_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "analysis/record.h"
#include "analysis/record_findings.h"
#include "store/testing.h"

namespace eyrie::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PictureIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::EmbeddedStore::open({.directory = folder_.path()});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
    ASSERT_TRUE(store_->items().create_table(record_table()));
    index_.emplace(store_->items());
    items_.emplace(store_->items(), *index_);
  }
  static store::Item record(const std::string& id, std::int64_t time, json::array labels = {}) {
    json::array list;
    for (const json::value& label : labels) list.push_back(attribute(label));
    return {{"ImageID", string_value(id)},
            {"UploadTimestamp", number_value(time)},
            {"Bucket", string_value("images")},
            {"Key", string_value("uploads/" + id + ".jpg")},
            {"ProcessingStatus", string_value("COMPLETED")},
            {"Labels", json::object{{"L", list}}}};
  }
  static json::object label(std::string_view name, double confidence) { return {{"Name", name}, {"Confidence", confidence}}; }
  std::vector<std::string> ids(const PictureQuery& query) const {
    std::vector<std::string> found;
    for (const PicturePtr& picture : index_->search(query).pictures) found.push_back(picture->id);
    return found;
  }
  void put(const store::Item& item) { ASSERT_TRUE(items_->put(std::string(kRecordTable), item)); }

  TemporaryDirectory folder_;
  std::unique_ptr<store::EmbeddedStore> store_;
  std::optional<PictureIndex> index_;
  std::optional<IndexedItems> items_;
};

TEST_F(PictureIndexTest, FindsWhatLabelsAndWordsSay) {
  store::Item street = record("a", 10, {label("Sports Car", 95), label("Scarf", 60)});
  street["Text"] = attribute(json::array{json::object{{"DetectedText", "HOTEL Sacher"}}});
  put(street);
  put(record("b", 20, {label("Dog", 85)}));
  EXPECT_THAT(ids({}), ElementsAre("b", "a"));
  EXPECT_THAT(ids({.order = PictureQuery::Order::kOldest}), ElementsAre("a", "b"));
  EXPECT_THAT(ids({.words = "CAR"}), ElementsAre("a"));
  EXPECT_THAT(ids({.words = "sacher car"}), ElementsAre("a"));
  EXPECT_THAT(ids({.words = "sacher dog"}), IsEmpty());
  EXPECT_THAT(ids({.words = "scarf", .min_confidence = 70}), IsEmpty());
  EXPECT_THAT(ids({.words = "scarf", .min_confidence = 50}), ElementsAre("a"));
  EXPECT_THAT(ids({.words = "1970-01-01"}), ElementsAre("b", "a"));
  EXPECT_THAT(ids({.min_confidence = 90}), ElementsAre("a"));
  EXPECT_THAT(ids({.status = PictureStatus::kFailed}), IsEmpty());
  const PicturePage page = index_->search({.from = 1, .limit = 5});
  EXPECT_EQ(page.total, 2U);
  ASSERT_EQ(page.pictures.size(), 1U);
  EXPECT_EQ(page.pictures[0]->id, "a");
  EXPECT_THAT(ids({.from = 9}), IsEmpty());
}

TEST_F(PictureIndexTest, OrdersByNameAndSize) {
  for (const auto& [id, name, bytes] : {std::tuple("a", "zebra", 10), {"b", "ant", 30}, {"c", "moth", 20}, {"d", "ant", 5}}) {
    store::Item item = record(id, 10);
    item["OriginalName"] = string_value(name);
    item["ImageProperties"] = attribute(json::object{{"Bytes", bytes}});
    put(item);
  }
  EXPECT_THAT(ids({.order = PictureQuery::Order::kName}), ElementsAre("b", "d", "c", "a"));
  EXPECT_THAT(ids({.order = PictureQuery::Order::kName, .from = 1, .limit = 2}), ElementsAre("d", "c"));
  EXPECT_THAT(ids({.order = PictureQuery::Order::kLargest, .limit = 3}), ElementsAre("b", "c", "a"));
  EXPECT_THAT(ids({.ids = {"c", "x", "a"}}), ElementsAre("c", "a"));
}

TEST_F(PictureIndexTest, FollowsWritesAndRemovals) {
  put(record("a", 10));
  const std::uint64_t before = index_->search({}).revision;
  store::Item failed = record("a", 10);
  failed["ProcessingStatus"] = string_value("FAILED");
  put(failed);
  EXPECT_GT(index_->search({}).revision, before);
  EXPECT_EQ(index_->find("a")->status, PictureStatus::kFailed);
  put(record("a", 30));
  EXPECT_EQ(index_->find("a")->uploaded, 30);
  ASSERT_TRUE(items_->remove(std::string(kRecordTable), record_key(record("a", 30))));
  EXPECT_EQ(index_->find("a")->uploaded, 10);
  ASSERT_TRUE(items_->remove(std::string(kRecordTable), record_key(record("a", 10))));
  EXPECT_EQ(index_->find("a"), nullptr);
  EXPECT_THAT(ids({}), IsEmpty());
}

TEST_F(PictureIndexTest, ReadsWhatWasThereAndLosesNothingMeanwhile) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(store_->items().put(std::string(kRecordTable), record("old-" + std::to_string(i), 1000 + i)));
  std::thread reader([&] { EXPECT_TRUE(index_->read_all()); });
  for (int i = 0; i < 50; ++i) {
    put(record("new-" + std::to_string(i), 5000 + i));
    ASSERT_TRUE(items_->remove(std::string(kRecordTable), record_key(record("old-" + std::to_string(i), 1000 + i))));
  }
  reader.join();
  const PicturePage page = index_->search({.limit = 1000});
  EXPECT_TRUE(page.complete);
  EXPECT_EQ(page.total, 300U);
  EXPECT_EQ(index_->find("old-0"), nullptr);
  EXPECT_NE(index_->find("new-49"), nullptr);
}

TEST_F(PictureIndexTest, TakesNothingForGranted) {
  put({{"ImageID", string_value("../../x")}, {"UploadTimestamp", number_value(std::int64_t{1})}, {"Bucket", string_value("b")}, {"Key", string_value("k")}});
  put({{"ImageID", string_value("bare")}, {"UploadTimestamp", number_value(std::int64_t{1})}});
  store::Item odd = record("odd", 10);
  odd["Labels"] = json::object{{"L", json::array{string_value("no object"), attribute(json::object{{"Name", 7}, {"Confidence", "x"}}), json::object{{"NULL", true}}}}};
  odd["Text"] = string_value("no list");
  odd["ImageProperties"] = attribute(json::object{{"Width", -5}, {"Bytes", 1e120}});
  put(odd);
  EXPECT_THAT(ids({}), ElementsAre("odd"));
  EXPECT_THAT(index_->find("odd")->labels, IsEmpty());
  EXPECT_EQ(index_->find("odd")->width, 0U);
}

TEST_F(PictureIndexTest, KnowsContentAndCounts) {
  store::Item one = record("a", 10, {label("Dog", 85), label("Cat", 30)});
  one["ContentSHA256"] = string_value("c2hh");
  put(one);
  put(record("b", 20, {label("Dog", 95)}));
  EXPECT_EQ(index_->find_by_content("c2hh")->id, "a");
  EXPECT_EQ(index_->find_by_content(""), nullptr);
  const auto counts = index_->counts();
  EXPECT_EQ(counts.completed, 2U);
  EXPECT_THAT(counts.labels, ElementsAre(std::pair<std::string, std::size_t>("Dog", 2)));
  ASSERT_TRUE(items_->remove(std::string(kRecordTable), record_key(one)));
  EXPECT_EQ(index_->find_by_content("c2hh"), nullptr);
}

TEST_F(PictureIndexTest, WakesWhoWaits) {
  const std::uint64_t revision = index_->search({}).revision;
  std::thread writer([&] { put(record("a", 10)); });
  EXPECT_GT(index_->wait(revision, std::chrono::minutes(5)), revision);
  writer.join();
  std::thread stopper([&] { index_->stop(); });
  index_->wait(index_->search({}).revision, std::chrono::minutes(5));
  stopper.join();
  EXPECT_TRUE(index_->stopped());
}

}  // namespace
}  // namespace eyrie::analysis
