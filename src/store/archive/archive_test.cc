// Storage classes, the cold folder and temporary copies, over the store itself.
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "store/testing.h"

namespace eyrie::store {
namespace {

using testing::get;
using testing::put;

constexpr std::int64_t kDay = 24LL * 3600 * 1000;

std::string text_content() {
  std::string text;
  while (text.size() < 400'000) text += "{\"Name\":\"Person\",\"Confidence\":" + std::to_string(text.size() % 97) + "}\n";
  return text;
}

std::string noise(std::size_t size) {
  std::mt19937 random(2);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

class ArchiveTest : public testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(objects().create_bucket("b"));
  }
  std::size_t files(const char* folder) {
    std::size_t count = 0;
    for (const auto& path : testing::files_below(directory_.path() / folder)) count += path.filename() != "eyrie.cold";
    return count;
  }
  // Replaced files go beside requests.
  void expect_files(const char* folder, std::size_t count) {
    for (int i = 0; i < 1000 && files(folder) != count; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(files(folder), count);
  }
  std::uintmax_t cold_bytes() {
    std::uintmax_t bytes = 0;
    for (const auto& path : testing::files_below(directory_.path() / "cold")) bytes += std::filesystem::file_size(path);
    return bytes;
  }
  void archive(const std::string& key, const std::string& storage_class = "GLACIER") {
    const auto object = objects().head("b", key);
    ASSERT_TRUE(object);
    const Status moved = objects().set_storage_class("b", key, object->sequencer, storage_class);
    ASSERT_TRUE(moved) << moved.error().message;
  }
  void work() { ASSERT_TRUE(objects().work_on_archive([] { return false; })); }
};

TEST_F(ArchiveTest, InfrequentAccessStaysReadable) {
  ASSERT_TRUE(put(objects(), "b", "k", "content", {.tags = {{"a", "1"}}}));
  archive("k", "STANDARD_IA");
  EXPECT_EQ(get(objects(), "b", "k"), "content");
  const auto object = objects().head("b", "k");
  EXPECT_EQ(object->storage_class, "STANDARD_IA");
  EXPECT_EQ(object->tags.at("a"), "1");
  EXPECT_EQ(objects().list({.bucket = "b"})->objects.at(0).storage_class, "STANDARD_IA");
}

TEST_F(ArchiveTest, WhatCompressesIsKeptCompressedAndComesBackAsItWas) {
  const std::string content = text_content();
  ASSERT_TRUE(put(objects(), "b", "k", content, {.metadata = {{"m", "1"}}}));
  archive("k");
  EXPECT_EQ(files("objects"), 0U);
  EXPECT_EQ(files("cold"), 1U);
  EXPECT_LT(cold_bytes(), content.size() / 4);
  const auto closed = objects().open("b", "k");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().message, "archived GLACIER");
  EXPECT_EQ(objects().head("b", "k")->size, content.size());

  ASSERT_EQ(objects().restore("b", "k", clock_.now_ms() + kDay), RestoreOutcome::kStarted);
  EXPECT_TRUE(objects().head("b", "k")->restore->ongoing);
  EXPECT_EQ(objects().restore("b", "k", clock_.now_ms() + kDay).error().code, Code::kAlreadyExists);
  EXPECT_TRUE(objects().has_archive_work());
  work();
  EXPECT_FALSE(objects().has_archive_work());
  EXPECT_EQ(get(objects(), "b", "k"), content);
  EXPECT_EQ(objects().head("b", "k")->metadata.at("m"), "1");
  EXPECT_EQ(objects().head("b", "k")->storage_class, "GLACIER");
  ASSERT_EQ(objects().restore("b", "k", clock_.now_ms() + 2 * kDay), RestoreOutcome::kExtended);

  clock_.advance_ms(kDay + 1);
  work();
  EXPECT_EQ(get(objects(), "b", "k"), content) << "it was prolonged";
  clock_.advance_ms(kDay);
  EXPECT_FALSE(objects().open("b", "k")) << "over, if not yet removed";
  EXPECT_FALSE(objects().head("b", "k")->restore);
  work();
  EXPECT_EQ(files("objects"), 0U);
  EXPECT_EQ(files("cold"), 1U);
}

TEST_F(ArchiveTest, WhatDoesNotCompressMovesAsItIs) {
  const std::string content = noise(300'000);
  ASSERT_TRUE(put(objects(), "b", "k", content));
  archive("k", "DEEP_ARCHIVE");
  EXPECT_GT(cold_bytes(), content.size());
  ASSERT_TRUE(objects().restore("b", "k", clock_.now_ms() + kDay));
  work();
  EXPECT_EQ(get(objects(), "b", "k"), content);
  reopen();
  EXPECT_EQ(get(objects(), "b", "k"), content) << "the copy is known after a restart";
}

TEST_F(ArchiveTest, PutIntoGlacierIsMovedByAndBy) {
  ASSERT_TRUE(put(objects(), "b", "k", "content", {.storage_class = "GLACIER"}));
  EXPECT_FALSE(objects().open("b", "k"));
  EXPECT_EQ(files("objects"), 1U);
  ASSERT_TRUE(objects().restore("b", "k", clock_.now_ms() + kDay));
  work();
  EXPECT_EQ(files("cold"), 1U);
  EXPECT_EQ(get(objects(), "b", "k"), "content");
}

TEST_F(ArchiveTest, OverwritingAndRemovingTakeEveryFileAlong) {
  for (const bool overwrite : {true, false}) {
    ASSERT_TRUE(put(objects(), "b", "k", text_content()));
    archive("k");
    ASSERT_TRUE(objects().restore("b", "k", clock_.now_ms() + kDay));
    work();
    EXPECT_EQ(files("objects") + files("cold"), 2U);
    if (overwrite) ASSERT_TRUE(put(objects(), "b", "k", "new"));
    if (overwrite) EXPECT_EQ(get(objects(), "b", "k"), "new");
    if (!overwrite) ASSERT_EQ(objects().remove("b", "k"), true);
    expect_files("objects", overwrite ? 1 : 0);
    expect_files("cold", 0);
  }
}

TEST_F(ArchiveTest, WhatWasOverwrittenIsLeftAlone) {
  const auto first = put(objects(), "b", "k", "one");
  ASSERT_TRUE(put(objects(), "b", "k", "two"));
  EXPECT_EQ(objects().set_storage_class("b", "k", first->sequencer, "GLACIER").error().code, Code::kFailedPrecondition);
  EXPECT_EQ(objects().remove_version("b", "k", first->sequencer, "LifecycleExpiration:Delete"), false);
  EXPECT_EQ(get(objects(), "b", "k"), "two");
  EXPECT_EQ(objects().restore("b", "k", clock_.now_ms()).error().code, Code::kInvalidArgument);
}

TEST_F(ArchiveTest, EventsTellOfMovesAndRemovals) {
  ASSERT_TRUE(store_->set_rules("b", {{.bucket = "b", .function = "f", .events = {"LifecycleTransition", "LifecycleExpiration:*", "ObjectRestore:*"}}}));
  ASSERT_TRUE(put(objects(), "b", "k", "content"));
  archive("k");
  ASSERT_TRUE(objects().restore("b", "k", clock_.now_ms() + kDay));
  ASSERT_FALSE(objects().restore("b", "k", clock_.now_ms() + kDay)) << "it is at work";
  work();
  ASSERT_TRUE(objects().restore("b", "k", clock_.now_ms() + 2 * kDay)) << "prolonged: nothing begins";
  clock_.advance_ms(3 * kDay);
  work();
  ASSERT_TRUE(objects().remove_version("b", "k", objects().head("b", "k")->sequencer, "LifecycleExpiration:Delete"));
  for (const char* name : {"LifecycleTransition", "ObjectRestore:Post", "ObjectRestore:Completed", "ObjectRestore:Delete",
                           "LifecycleExpiration:Delete"}) {
    const auto event = events().lease(std::chrono::seconds(1));
    ASSERT_TRUE(event && *event) << name;
    EXPECT_TRUE((*event)->payload.contains(name)) << (*event)->payload;
    ASSERT_TRUE(events().acknowledge((*event)->id));
  }
  EXPECT_EQ(events().depth()->ready, 0U);
}

TEST_F(ArchiveTest, DamageInTheColdFolderIsFoundAndNotServed) {
  ASSERT_TRUE(put(objects(), "b", "k", text_content()));
  archive("k");
  for (const auto& path : testing::files_below(directory_.path() / "cold")) {
    if (path.filename() == "eyrie.cold") continue;
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(150);
    file.put('!');
  }
  ASSERT_TRUE(objects().restore("b", "k", clock_.now_ms() + kDay));
  work();
  EXPECT_FALSE(objects().open("b", "k"));
  EXPECT_TRUE(objects().head("b", "k")->restore->ongoing);
  EXPECT_EQ(files("objects") + files("tmp"), 0U);
}

TEST_F(ArchiveTest, AnotherColdFolderIsRefused) {
  const testing::TemporaryDirectory elsewhere;
  store_.reset();
  const auto opened = EmbeddedStore::open({.directory = directory_.path(), .cold = elsewhere.path(), .clock = &clock_});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kFailedPrecondition);
}

TEST_F(ArchiveTest, CustomersKeysAreNeededAgain) {
  const crypto::SecretKey key = crypto::SecretKey::random(), other = crypto::SecretKey::random();
  const std::string content = text_content();
  {
    auto writer = objects().begin_put("b", "k", &key);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(as_bytes(content)));
    ASSERT_TRUE((*writer)->commit({}));
  }
  EXPECT_EQ(objects().open("b", "k").error().code, Code::kInvalidArgument);
  EXPECT_EQ(objects().open("b", "k", &other).error().code, Code::kPermissionDenied);
  {
    auto reader = objects().open("b", "k", &key);
    ASSERT_TRUE(reader);
    EXPECT_EQ(testing::read_all(**reader), content);
  }
  // It goes to the cold folder and back without its key.
  archive("k");
  ASSERT_TRUE(objects().restore("b", "k", clock_.now_ms() + kDay));
  work();
  auto reader = objects().open("b", "k", &key);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(testing::read_all(**reader), content);
  ASSERT_TRUE(put(objects(), "b", "plain", "content"));
  EXPECT_EQ(objects().open("b", "plain", &key).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace eyrie::store
