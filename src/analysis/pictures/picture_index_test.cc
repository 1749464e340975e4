#include "analysis/pictures/picture_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <tuple>

#include "analysis/pictures/written_day.h"
#include "analysis/record.h"
#include "analysis/record_findings.h"
#include "base/ids.h"
#include "store/testing.h"

namespace eyrie::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PictureIndexTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
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

TEST_F(PictureIndexTest, SeesWhatIsWrittenTogether) {
  put(record("gone", 10));
  const std::string table(kRecordTable);
  const auto failed = [](const store::Item* current) -> Result<std::optional<store::Item>> {
    store::Item changed = *current;
    changed["ProcessingStatus"] = string_value("FAILED");
    return changed;
  };
  put(record("changed", 20));
  std::vector<store::Written> written;
  ASSERT_TRUE(items_->write({{.kind = store::ItemWrite::Kind::kPut, .table = table, .item = record("new", 30), .condition = {}},
                             {.kind = store::ItemWrite::Kind::kRemove, .table = table, .item = record_key(record("gone", 10)), .condition = {}},
                             {.kind = store::ItemWrite::Kind::kEdit, .table = table, .item = record_key(record("changed", 20)), .condition = {}, .edit = failed}},
                            written));
  EXPECT_THAT(ids({}), ElementsAre("new", "changed"));
  EXPECT_THAT(ids({.status = PictureStatus::kFailed}), ElementsAre("changed"));
}

TEST_F(PictureIndexTest, ItsTableIsProtected) {
  EXPECT_EQ(items_->delete_table(std::string(kRecordTable)).error().code, Code::kFailedPrecondition);
  EXPECT_TRUE(items_->describe(std::string(kRecordTable))->delete_protected);
}

TEST_F(PictureIndexTest, FindsPeopleByWhatTheirFacesShow) {
  store::Item item = record("ann", 10);
  item["FaceData"] = attribute(json::array{json::object{{"Gender", {{"Value", "Female"}, {"Confidence", 98}}},
                                                        {"AgeRange", {{"Low", 25}, {"High", 35}}},
                                                        {"Eyeglasses", {{"Value", true}, {"Confidence", 91}}},
                                                        {"Emotions", json::array{{{"Type", "HAPPY"}, {"Confidence", 90}}, {{"Type", "SAD"}, {"Confidence", 3}}}}}});
  item["Celebrities"] = attribute(json::array{json::object{{"Name", "Ada Lovelace"}}});
  put(item);
  put(record("none", 30));
  for (const char* words : {"female", "Happy", "glasses", "face", "person", "25-35", "lovelace", "weiblich brille", "female happy ada"}) EXPECT_THAT(ids({.words = words}), ElementsAre("ann")) << words;
  for (const char* words : {"male", "sad", "beard", "female sad"}) EXPECT_THAT(ids({.words = words}), IsEmpty()) << words;
}

TEST_F(PictureIndexTest, FindsDaysAsPeopleWriteThem) {
  const std::int64_t november_2026 = day_of_camera("2026-11-29").value() * std::int64_t{86'400} + 5;
  store::Item old = record("old", november_2026);
  old["Exif"] = attribute(json::object{{"DateTimeOriginal", "2008-10-22T16:28:39"}, {"Model", "COOLPIX P6000"}, {"Lens", "Nikkor 6-24"}});
  put(old);
  put(record("new", november_2026 + 86'400));
  for (const char* words : {"29.11.2026", "22.10.2008", "October", "oct 2008", "Oktober 2008", "10/2008", "2008-10", "2008", "22. Oktober 2008", "Oct 22, 2008", "coolpix october", "nikkor"})
    EXPECT_THAT(ids({.words = words}), ElementsAre("old")) << words;
  for (const char* words : {"2026-11", "11/2026", "November 2026", "Nov 2026", "nov", "2026"}) EXPECT_THAT(ids({.words = words}), ElementsAre("new", "old")) << words;
  EXPECT_THAT(ids({.words = "30.11.2026"}), ElementsAre("new"));
  for (const char* words : {"November 2008", "October 2026", "December", "28.11.2026"}) EXPECT_THAT(ids({.words = words}), IsEmpty()) << words << ": words of a day are of one day";
}

TEST_F(PictureIndexTest, FindsPlacesByCountryAndCoordinates) {
  const auto taken = [&](const std::string& id, std::int64_t time, double latitude, double longitude) {
    store::Item item = record(id, time);
    item["Exif"] = attribute(json::object{{"GPS", json::object{{"Latitude", latitude}, {"Longitude", longitude}}}});
    put(item);
  };
  taken("arezzo", 10, 43.4674483, 11.8851266);
  taken("york", 20, 40.71, -74.0);
  put(record("none", 30));
  for (const char* words : {"italy", "Italien", "ital", "43.46", "43.46, 11.88", "43,46", "italy 43.4"}) EXPECT_THAT(ids({.words = words}), ElementsAre("arezzo")) << words;
  for (const char* words : {"United States", "vereinigte staaten", "-74.00", "74.00"}) EXPECT_THAT(ids({.words = words}), ElementsAre("york")) << words;
  for (const char* words : {"austria", "43.46, 12.88", "44.46"}) EXPECT_THAT(ids({.words = words}), IsEmpty()) << words;
  EXPECT_EQ(index_->counts().completed, 3U);
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

TEST_F(PictureIndexTest, OrdersByTheDayAPictureWasTaken) {
  const std::int64_t november = 1'764'028'800;  // 2025-11-25
  for (const auto& [id, uploaded, taken] : {std::tuple("summer", november, "2025-07-14T10:00:00"), {"old", november + 1, "1969-12-24T18:00:00"}, {"told", november + 2, ""}, {"other", november + 3, "2025-07-14T08:00:00"}, {"later", november - 86'400 * 3, "2025-11-26T08:00:00"}}) {
    store::Item item = record(id, uploaded);
    if (*taken != 0) item["Exif"] = attribute(json::object{{"DateTimeOriginal", taken}});
    put(item);
  }
  EXPECT_THAT(ids({.order = PictureQuery::Order::kTaken}), ElementsAre("later", "told", "other", "summer", "old"));
  EXPECT_THAT(ids({.order = PictureQuery::Order::kTaken, .from = 2, .limit = 2}), ElementsAre("other", "summer"));
}

TEST_F(PictureIndexTest, FindsKeysNamesAndUuids) {
  const std::string id = "0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6";
  put(record(id, 10));
  store::Item named = record("b", 20);
  named["OriginalName"] = string_value("Holiday 1.JPG");
  named["Key"] = string_value("uploads/Sub/0B5C.jpg");
  put(named);
  EXPECT_THAT(ids({.words = "9d3e-4c11"}), ElementsAre(id));
  EXPECT_THAT(ids({.words = "uploads/0b5c"}), ElementsAre(id));
  EXPECT_THAT(ids({.words = "0b5c"}), ElementsAre("b", id));
  EXPECT_THAT(ids({.words = "holiday sub/"}), ElementsAre("b"));
  EXPECT_THAT(ids({.order = PictureQuery::Order::kName}), ElementsAre(id, "b"));
  EXPECT_EQ(index_->find(id)->key, "uploads/" + id + ".jpg");
  EXPECT_EQ(index_->find(id)->name, id + ".jpg");
  EXPECT_EQ(index_->find("0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d7"), nullptr);
}

TEST_F(PictureIndexTest, OrdersEveryPageAsTheWhole) {
  for (int i = 0; i < 100; ++i) {
    store::Item item = record(uuid_v4(), 1000 + i % 7);
    if (i % 3 > 0) item["OriginalName"] = string_value((i % 3 == 1 ? "holiday at the lake " : "Z") + std::to_string(i * 37 % 20));
    item["ImageProperties"] = attribute(json::object{{"Bytes", i * 31 % 17}});
    put(item);
  }
  std::vector<std::tuple<std::string, std::int64_t, std::string>> by_name;
  std::vector<std::tuple<std::uint64_t, std::int64_t, std::string>> by_size;
  for (const PicturePtr& picture : index_->search({.limit = 100}).pictures) {
    by_name.emplace_back(picture->name, picture->uploaded, picture->id);
    by_size.emplace_back(~picture->bytes, picture->uploaded, picture->id);
  }
  std::ranges::sort(by_name);
  std::ranges::sort(by_size);
  for (std::size_t from = 0; from <= 100; from += 7) {
    const auto names = ids({.order = PictureQuery::Order::kName, .from = from, .limit = 9});
    const auto sizes = ids({.order = PictureQuery::Order::kLargest, .from = from, .limit = 9});
    ASSERT_EQ(names.size(), std::min<std::size_t>(9, 100 - from));
    for (std::size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(names[i], std::get<2>(by_name[from + i]));
      EXPECT_EQ(sizes[i], std::get<2>(by_size[from + i]));
    }
  }
}

TEST_F(PictureIndexTest, TellsTheRecordsOfAnIdApart) {
  put(record("a", 10));
  put(record("a", 30));
  put(record("b", 20));
  EXPECT_THAT(ids({.ids = {"a", "a"}}), ElementsAre("a", "a"));
  EXPECT_THAT(ids({.ids = {"b", "a"}, .order = PictureQuery::Order::kOldest}), ElementsAre("a", "b", "a"));
  EXPECT_EQ(index_->find("a")->uploaded, 30);
}

TEST_F(PictureIndexTest, LeavesOutWhatIsArchived) {
  store::Item put_away = record("a", 10);
  put_away["Archived"] = json::object{{"BOOL", true}};
  put(put_away);
  put(record("b", 20));
  EXPECT_THAT(ids({}), ElementsAre("b", "a"));
  EXPECT_THAT(ids({.archived = PictureQuery::Archived::kWithout}), ElementsAre("b"));
  EXPECT_THAT(ids({.archived = PictureQuery::Archived::kOnly}), ElementsAre("a"));
  EXPECT_EQ(index_->counts().archived, 1U);
}

TEST_F(PictureIndexTest, FindsWhatWasTakenSomewhere) {
  const auto taken = [&](const std::string& id, std::int64_t time, json::value latitude, json::value longitude) {
    store::Item item = record(id, time);
    item["Exif"] = attribute(json::object{{"GPS", json::object{{"Latitude", std::move(latitude)}, {"Longitude", std::move(longitude)}}}});
    put(item);
  };
  taken("vienna", 10, 48.2, 16.37);
  taken("fiji", 20, -17.8, 178);
  taken("samoa", 30, -13.8, -172);
  taken("nowhere", 40, 91, 10);
  taken("text", 50, "48", "16");
  put(record("none", 60));
  EXPECT_THAT(ids({.within = Area{.west = 10, .south = 40, .east = 20, .north = 50}}), ElementsAre("vienna"));
  EXPECT_THAT(ids({.within = Area{.west = 170, .south = -30, .east = -170, .north = 0}}), ElementsAre("samoa", "fiji")) << "over the 180th meridian";
  EXPECT_THAT(ids({.within = Area{}}), ElementsAre("samoa", "fiji", "vienna"));
  std::vector<std::string> seen;
  index_->each(20, 60, [&](const Picture& picture) { seen.push_back(picture.id + (picture.place ? "!" : "")); });
  EXPECT_THAT(seen, ElementsAre("fiji!", "samoa!", "nowhere", "text"));
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
  put(record("late", 253'402'300'800));
  store::Item long_key = record("long", 10);
  long_key["Key"] = string_value(std::string(1025, 'k'));
  put(long_key);
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
  for (const char* id : {"c", "d"}) {
    store::Item same = record(id, 30);
    same["ContentSHA256"] = string_value("c2hh");
    put(same);
  }
  ASSERT_TRUE(items_->remove(std::string(kRecordTable), record_key(record("c", 30))));
  EXPECT_EQ(index_->find_by_content("c2hh")->id, "d");
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
