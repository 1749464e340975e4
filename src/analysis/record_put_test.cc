#include "analysis/record_put.h"

#include <gtest/gtest.h>

#include "analysis/record.h"
#include "analysis/record_findings.h"
#include "store/testing.h"

namespace eyrie::analysis {
namespace {

// Lets somebody else write just before a put.
class Crossed final : public store::ItemTable {
 public:
  explicit Crossed(store::ItemTable& items) : items_(items) {}
  std::function<void()> before_put;

  Status create_table(const store::TableDescription& table) override { return items_.create_table(table); }
  Result<store::TableDescription> describe(const std::string& table) override {
    return items_.describe(table);
  }
  Result<std::vector<std::string>> tables() override { return items_.tables(); }
  Result<std::optional<store::Item>> put(const std::string& table, const store::Item& item,
                                         const store::Condition& condition) override {
    if (auto act = std::exchange(before_put, nullptr)) act();
    return items_.put(table, item, condition);
  }
  Result<std::optional<store::Item>> get(const std::string& table, const store::Item& key) override {
    return items_.get(table, key);
  }
  Result<std::optional<store::Item>> remove(const std::string& table, const store::Item& key,
                                            const store::Condition& condition) override {
    return items_.remove(table, key, condition);
  }
  Status delete_table(const std::string& table) override { return items_.delete_table(table); }
  Status write(const std::vector<store::ItemWrite>& writes, std::vector<store::Written>& written) override {
    return items_.write(writes, written);
  }
  Result<std::vector<std::optional<store::Item>>> get_all(const std::vector<store::ItemKey>& keys,
                                                          std::uint64_t max_bytes) override {
    return items_.get_all(keys, max_bytes);
  }
  Result<store::Page> query(const std::string& table, const json::value& partition,
                            const store::SortCondition& sort, bool forward,
                            const store::PageOptions& page) override {
    return items_.query(table, partition, sort, forward, page);
  }
  Result<store::Page> scan(const std::string& table, const store::PageOptions& page) override {
    return items_.scan(table, page);
  }

 private:
  store::ItemTable& items_;
};

class RecordPutTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(store_->items().create_table(record_table()));
    items_.emplace(store_->items());
  }
  static store::Item record(const std::string& status, const std::string& sequencer = "01") {
    store::Item made = pending_record({.bucket = "images",
                                       .key = "uploads/a.jpg",
                                       .sequencer = sequencer,
                                       .time_ms = 5000,
                                       .request_id = "r"});
    made["ProcessingStatus"] = string_value(status);
    return made;
  }
  store::Item now() const { return **store_->items().get(std::string(kRecordTable), record_key(record(""))); }

  std::optional<Crossed> items_;
};

TEST_F(RecordPutTest, ARecordWrittenAnewStaysArchived) {
  ASSERT_TRUE(put_record(*items_, record("COMPLETED")));
  EXPECT_FALSE(is_archived(now()));
  ASSERT_TRUE(set_archived(*items_, record_key(record("")), true));
  ASSERT_TRUE(set_archived(*items_, record_key(record("")), true)) << "again";
  EXPECT_TRUE(is_archived(now()));
  EXPECT_EQ(record_status(now()), "COMPLETED") << "the rest is as it was";
  ASSERT_TRUE(put_record(*items_, record("PENDING")));
  EXPECT_TRUE(is_archived(now()));
  EXPECT_EQ(record_status(now()), "PENDING");
  ASSERT_TRUE(set_archived(*items_, record_key(record("")), false));
  EXPECT_FALSE(now().contains(kArchived));
}

TEST_F(RecordPutTest, AnotherUploadIsNotArchived) {
  ASSERT_TRUE(put_record(*items_, record("COMPLETED")));
  ASSERT_TRUE(set_archived(*items_, record_key(record("")), true));
  ASSERT_TRUE(put_record(*items_, record("PENDING", "02")));
  EXPECT_FALSE(is_archived(now()));
}

TEST_F(RecordPutTest, NeitherWriteUndoesTheOther) {
  ASSERT_TRUE(put_record(*items_, record("PENDING")));
  items_->before_put = [&] { EXPECT_TRUE(set_archived(store_->items(), record_key(record("")), true)); };
  ASSERT_TRUE(put_record(*items_, record("COMPLETED")));
  EXPECT_TRUE(is_archived(now())) << "archived while the record was on its way";
  EXPECT_EQ(record_status(now()), "COMPLETED");
  items_->before_put = [&] { EXPECT_TRUE(put_record(store_->items(), record("FAILED"))); };
  ASSERT_TRUE(set_archived(*items_, record_key(record("")), false));
  EXPECT_FALSE(is_archived(now()));
  EXPECT_EQ(record_status(now()), "FAILED") << "written while it was taken out of the archive";
  items_->before_put = [&] {
    EXPECT_TRUE(store_->items().remove(std::string(kRecordTable), record_key(record(""))));
  };
  EXPECT_EQ(set_archived(*items_, record_key(record("")), true).error().code, Code::kNotFound)
      << "nothing comes back that was removed";
}

TEST_F(RecordPutTest, TheConditionDecides) {
  ASSERT_TRUE(put_record(*items_, record("COMPLETED")));
  EXPECT_EQ(put_record(*items_, record("FAILED"), [](const store::Item*) { return false; }).error().code,
            Code::kFailedPrecondition);
  EXPECT_EQ(record_status(now()), "COMPLETED");
  EXPECT_EQ(
      set_archived(*items_,
                   {{"ImageID", string_value("x")}, {"UploadTimestamp", number_value(std::int64_t{1})}}, true)
          .error()
          .code,
      Code::kNotFound);
}

TEST_F(RecordPutTest, WhatOthersWroteThereIsNoMark) {
  for (const json::value& odd :
       {json::value("true"), json::value(json::object{{"S", "true"}}),
        json::value(json::object{{"BOOL", "true"}}), json::value(json::object{{"BOOL", false}})}) {
    store::Item item = record("COMPLETED");
    item[kArchived] = odd;
    EXPECT_FALSE(is_archived(item)) << json::serialize(odd);
  }
}

}  // namespace
}  // namespace eyrie::analysis
