// What is told of objects and events lies sealed, opens in its place alone, and is sealed where a format before 10 had it in clear, also where kill -9 ends that.
#include <gtest/gtest.h>

#include "store/testing_at_rest.h"

namespace eyrie::store {
namespace {

using testing::put;

constexpr const char* kSecret = "what only the owner is to read";

class RowsAtRest : public testing::AtRestTest<testing::StoreTest> {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(objects().create_bucket("b"));
  }
  Result<ObjectInfo> put_told(const std::string& key) {
    return put(objects(), "b", key, "content of " + key,
               {.content_type = "image/x-secret-type",
                .metadata = {{"name", kSecret}},
                .headers = {{"Cache-Control", "max-age=271828"}},
                .tags = {{"tag-of-a-secret", kSecret}},
                .parts = {{.number = 1, .size = 4, .checksum = "a-parts-checksum"}}});
  }
  void check_told(const std::string& key) {
    const auto object = objects().head("b", key);
    ASSERT_TRUE(object) << object.error().message;
    EXPECT_EQ(object->content_type, "image/x-secret-type");
    EXPECT_EQ(object->metadata.at("name"), kSecret);
    EXPECT_EQ(object->headers.at("Cache-Control"), "max-age=271828");
    EXPECT_EQ(object->tags.at("tag-of-a-secret"), kSecret);
    ASSERT_EQ(object->parts.size(), 1U);
    EXPECT_EQ(object->parts[0].checksum, "a-parts-checksum");
    EXPECT_EQ(object->etag.size(), 32U);
  }
  // As format 7 had them.
  void make_clear() {
    sql("UPDATE objects SET etag = '0123456789abcdef0123456789abcdef', parts = '[[1,4,\"a-parts-checksum\"]]',"
        " attributes = '{\"content_type\":\"image/x-secret-type\",\"metadata\":{\"name\":\"" + std::string(kSecret) +
        "\"},\"headers\":{\"Cache-Control\":\"max-age=271828\"},\"tags\":{\"tag-of-a-secret\":\"" + kSecret + "\"}}';"
        "UPDATE events SET payload = '{\"event\":\"" + kSecret + "\"}';" + testing::without_formats_after(7) + "PRAGMA user_version = 7;");
  }
};

TEST_F(RowsAtRest, NothingIsInClear) {
  const auto made = put_told("k");
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_TRUE(objects().set_tags("b", "k", "", {{"tag-of-a-secret", kSecret}}));
  ASSERT_TRUE(events().push({.function = "f", .subject = "", .payload = std::string("{\"event\":\"") + kSecret + "\"}"}));
  for (int read = 0; read < 2; ++read) {
    for (const char* text : {kSecret, "tag-of-a-secret", "x-secret-type", "271828", "a-parts-checksum", made->etag.c_str()})
      EXPECT_FALSE(on_disk(text)) << text;
    check_told("k");
    reopen();
  }
  const auto event = events().lease(std::chrono::hours(1));
  ASSERT_TRUE(event);
  ASSERT_TRUE(*event);
  EXPECT_TRUE((*event)->payload.contains(kSecret));
}

TEST_F(RowsAtRest, OpensInItsPlaceAlone) {
  ASSERT_TRUE(put_told("one"));
  ASSERT_TRUE(put_told("two"));
  sql("UPDATE objects SET attributes = (SELECT attributes FROM objects WHERE key = x'6f6e65')");
  reopen();
  check_told("one");
  EXPECT_EQ(objects().head("b", "two").error().code, Code::kCorrupt);
}

TEST_F(RowsAtRest, ADamagedObjectIsListedReplacedAndRemoved) {
  for (const char* key : {"one", "two", "three", "whole"}) ASSERT_TRUE(put_told(key));
  ASSERT_TRUE(objects().set_storage_class("b", "three", objects().head("b", "three")->sequencer, "GLACIER"));
  ASSERT_TRUE(objects().restore("b", "three", 4'102'444'800'000));
  ASSERT_TRUE(objects().work_on_archive([] { return false; }));
  sql("UPDATE objects SET attributes = x'00' WHERE key <> CAST('whole' AS BLOB)");
  reopen();
  EXPECT_EQ(objects().head("b", "one").error().code, Code::kCorrupt);
  EXPECT_EQ(objects().open("b", "one").error().code, Code::kCorrupt);
  const auto listed = objects().list({.bucket = "b", .max_keys = 10});
  ASSERT_TRUE(listed) << listed.error().message;
  ASSERT_EQ(listed->objects.size(), 4U);
  EXPECT_EQ(listed->objects[0].key, "one");
  EXPECT_EQ(listed->objects[0].size, std::string("content of one").size());
  EXPECT_EQ(listed->objects[0].etag, "");
  EXPECT_EQ(listed->objects[3].etag.size(), 32U);

  // What its ETag is nobody knows, that it is there everybody.
  EXPECT_EQ(put(objects(), "b", "one", "new", {.conditions = {.if_match = "0123456789abcdef0123456789abcdef"}}).error().code, Code::kCorrupt);
  EXPECT_EQ(put(objects(), "b", "one", "new", {.conditions = {.if_none_match = true}}).error().code, Code::kFailedPrecondition);
  const auto replaced = put(objects(), "b", "one", "new");
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(*testing::get(objects(), "b", "one"), "new");
  for (const char* key : {"two", "three"}) {
    const auto removed = objects().remove("b", key);
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_TRUE(*removed);
  }
  // Their files are gone too: the archived one's and its copy's.
  testing::expect_files(directory_.path() / "objects", 2);
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "cold") && testing::files_below(directory_.path() / "cold").size() != 1) << "but for the folder's mark";
}

TEST_F(RowsAtRest, ADamagedEventHoldsNobodyUp) {
  ASSERT_TRUE(events().push({.function = "f", .subject = "s", .payload = "first"}));
  ASSERT_TRUE(events().push({.function = "f", .subject = "s", .payload = "second"}));
  sql("UPDATE events SET payload = x'00' WHERE id = (SELECT MIN(id) FROM events)");
  reopen();
  const auto none = events().lease(std::chrono::hours(1));
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  const auto next = events().lease(std::chrono::hours(1));
  ASSERT_TRUE(next);
  ASSERT_TRUE(*next);
  EXPECT_EQ((*next)->payload, "second");
  EXPECT_EQ(events().depth()->dead, 1U);
}

TEST_F(RowsAtRest, WhatFormat7HadInClearIsSealed) {
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(events().push({.function = "f", .subject = "", .payload = "p"}));
  ASSERT_TRUE(put_told("k"));
  make_clear();
  EXPECT_TRUE(on_disk(kSecret));
  open_and_kill();
  reopen();
  EXPECT_FALSE(on_disk(kSecret));
  EXPECT_FALSE(on_disk("0123456789abcdef0123456789abcdef"));
  check_told("k");
  EXPECT_EQ(objects().head("b", "k")->etag, "0123456789abcdef0123456789abcdef");
  const auto listed = objects().list({.bucket = "b", .max_keys = 10});
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_EQ(listed->objects.at(0).metadata.at("name"), kSecret);
  for (int i = 0; i < 600; ++i) {
    const auto event = events().lease(std::chrono::hours(1));
    ASSERT_TRUE(event && *event) << i;
    EXPECT_TRUE((*event)->payload.contains(kSecret));
  }
}

}  // namespace
}  // namespace eyrie::store
