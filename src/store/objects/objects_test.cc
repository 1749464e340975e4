#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

using testing::get;
using testing::put;

class ObjectsTest : public testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(objects().create_bucket("b"));
  }
};

TEST_F(ObjectsTest, Buckets) {
  EXPECT_EQ(objects().create_bucket("b").error().code, Code::kAlreadyExists);
  ASSERT_TRUE(objects().create_bucket("a"));
  const auto all = objects().buckets();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].name, "a");
  EXPECT_EQ((*all)[0].created_ms, clock_.now_ms());
  EXPECT_EQ(objects().bucket("c").error().code, Code::kNotFound);
  EXPECT_EQ(objects().delete_bucket("c").error().code, Code::kNotFound);
  ASSERT_TRUE(put(objects(), "a", "k", "x"));
  EXPECT_EQ(objects().delete_bucket("a").error().code, Code::kFailedPrecondition);
  ASSERT_TRUE(objects().remove("a", "k"));
  EXPECT_TRUE(objects().delete_bucket("a"));
  EXPECT_EQ(objects().bucket("a").error().code, Code::kNotFound);
}

TEST_F(ObjectsTest, EverythingGivenComesBackAlsoAfterARestart) {
  PutCommit commit;
  commit.content_type = "image/jpeg";
  commit.metadata = {{"camera", "pinhole"}, {"empty", ""}};
  commit.headers = {{"Cache-Control", "no-store"}};
  commit.tags = {{"status", "new"}};
  commit.checksums = {{"CRC32", "AAAAAA=="}};
  const auto made = put(objects(), "b", "uploads/ä b+c.jpg", "content", commit);
  ASSERT_TRUE(made) << made.error().message;
  reopen();
  for (const auto& info : {made, objects().head("b", "uploads/ä b+c.jpg")}) {
    ASSERT_TRUE(info);
    EXPECT_EQ(info->key, "uploads/ä b+c.jpg");
    EXPECT_EQ(info->size, 7U);
    EXPECT_EQ(info->etag, hex_encode(crypto::md5(as_bytes("content"))));
    EXPECT_EQ(info->content_type, "image/jpeg");
    EXPECT_EQ(info->metadata, commit.metadata);
    EXPECT_EQ(info->headers, commit.headers);
    EXPECT_EQ(info->tags, commit.tags);
    EXPECT_EQ(info->checksums, commit.checksums);
    EXPECT_EQ(info->modified_ms, clock_.now_ms());
    EXPECT_EQ(info->sequencer, made->sequencer);
  }
  EXPECT_EQ(get(objects(), "b", "uploads/ä b+c.jpg"), "content");
  EXPECT_EQ(put(objects(), "b", "plain", "x")->content_type, "binary/octet-stream");
}

TEST_F(ObjectsTest, AnUploadMakesItsObjectOnce) {
  ASSERT_TRUE(store_->set_rules("b", {{.bucket = "b", .function = "f", .events = {"ObjectCreated:*"}}}));
  const auto events = [&] {
    std::size_t count = 0;
    for (auto event = store_->events().lease(std::chrono::hours(1)); event && *event; event = store_->events().lease(std::chrono::hours(1))) ++count;
    return count;
  };
  ASSERT_TRUE(put(objects(), "b", "k", "made", {.upload = "one"}));
  reopen();
  EXPECT_EQ(objects().head("b", "k")->upload, "one");
  EXPECT_EQ(objects().list({.bucket = "b"})->objects.at(0).upload, "one");
  EXPECT_EQ(events(), 1U);
  EXPECT_EQ(put(objects(), "b", "k", "again", {.conditions = {.if_none_match = true}, .upload = "one"}).error().code, Code::kAlreadyExists);
  EXPECT_EQ(get(objects(), "b", "k"), "made");
  EXPECT_EQ(events(), 0U);
  ASSERT_TRUE(put(objects(), "b", "k", "another", {.upload = "two"}));
  ASSERT_TRUE(put(objects(), "b", "k", "plain"));
  ASSERT_TRUE(put(objects(), "b", "k", "plain again"));
  EXPECT_EQ(objects().head("b", "k")->upload, "");
}

TEST_F(ObjectsTest, WhatIsNotThere) {
  for (const std::string bucket : {"b", "nowhere"}) {
    const std::string noun = bucket == "b" ? "object" : "bucket";
    for (const Error& error : {objects().head(bucket, "k").error(), objects().open(bucket, "k").error(),
                               objects().set_tags(bucket, "k", "", {}).error()}) {
      EXPECT_EQ(error.code, Code::kNotFound);
      EXPECT_TRUE(error.message.starts_with(noun)) << error.message;
    }
  }
  EXPECT_EQ(objects().begin_put("nowhere", "k").error().code, Code::kNotFound);
  EXPECT_EQ(objects().list({.bucket = "nowhere"}).error().code, Code::kNotFound);
  EXPECT_EQ(objects().remove("nowhere", "k").error().code, Code::kNotFound);
  EXPECT_EQ(objects().remove("b", "k"), false);
}

TEST_F(ObjectsTest, KeysAreTextNotPaths) {
  for (const std::string& key :
       {std::string("../../etc/passwd"), std::string("/"), std::string("a//b"), std::string("."),
        std::string("with\0nul", 8), std::string("\xF0\x9F\x90\xB1"), std::string(1024, 'k')}) {
    ASSERT_TRUE(put(objects(), "b", key, key)) << key;
    EXPECT_EQ(get(objects(), "b", key), key);
  }
  for (const std::string& key :
       {std::string(), std::string(1025, 'k'), std::string("\xFF"), std::string("\xC0\x80")}) {
    EXPECT_EQ(objects().begin_put("b", key).error().code, Code::kInvalidArgument) << key.size();
  }
  const auto page = objects().list({.bucket = "b"});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->objects.size(), 7U);
}

TEST_F(ObjectsTest, AReaderKeepsItsVersion) {
  ASSERT_TRUE(put(objects(), "b", "k", std::string(200'000, '1')));
  auto reader = objects().open("b", "k");
  ASSERT_TRUE(reader);
  ASSERT_TRUE(put(objects(), "b", "k", "second"));
  testing::expect_files(directory_.path() / "objects", 1);  // the old version's file is gone
  EXPECT_EQ(testing::read_all(**reader), std::string(200'000, '1'));
  EXPECT_EQ(get(objects(), "b", "k"), "second");
  auto second = objects().open("b", "k");
  ASSERT_TRUE(objects().remove("b", "k"));
  EXPECT_EQ(testing::read_all(**second), "second");
  EXPECT_EQ(objects().open("b", "k").error().code, Code::kNotFound);
  EXPECT_TRUE(testing::files_below(directory_.path() / "objects").empty());
}

TEST_F(ObjectsTest, AnUnfinishedUploadLeavesNothing) {
  {
    auto writer = objects().begin_put("b", "k");
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(as_bytes("half")));
    EXPECT_EQ((*writer)->size(), 4U);
    EXPECT_EQ((*writer)->md5_hex(), hex_encode(crypto::md5(as_bytes("half"))));
    EXPECT_EQ(testing::files_below(directory_.path() / "tmp").size(), 1U);
  }
  EXPECT_TRUE(testing::files_below(directory_.path() / "tmp").empty());
  EXPECT_EQ(objects().head("b", "k").error().code, Code::kNotFound);
}

TEST_F(ObjectsTest, ABucketDeletedDuringAnUploadRefusesIt) {
  ASSERT_TRUE(objects().create_bucket("brief"));
  auto writer = objects().begin_put("brief", "k");
  ASSERT_TRUE(writer);
  ASSERT_TRUE(objects().delete_bucket("brief"));
  EXPECT_EQ((*writer)->commit({}).error().code, Code::kNotFound);
  writer->reset();
  EXPECT_TRUE(testing::files_below(directory_.path() / "objects").empty());
  EXPECT_TRUE(testing::files_below(directory_.path() / "tmp").empty());
}

TEST_F(ObjectsTest, Conditions) {
  PutCommit if_absent;
  if_absent.conditions.if_none_match = true;
  const auto first = put(objects(), "b", "k", "1", if_absent);
  ASSERT_TRUE(first);
  EXPECT_EQ(put(objects(), "b", "k", "2", if_absent).error().code, Code::kFailedPrecondition);
  PutCommit if_match;
  if_match.conditions.if_match = "00";
  EXPECT_EQ(put(objects(), "b", "k", "2", if_match).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(put(objects(), "b", "absent", "2", if_match).error().code, Code::kNotFound);
  EXPECT_EQ(get(objects(), "b", "k"), "1");
  if_match.conditions.if_match = first->etag;
  EXPECT_TRUE(put(objects(), "b", "k", "2", if_match));
  EXPECT_EQ(get(objects(), "b", "k"), "2");
  testing::expect_files(directory_.path() / "objects", 1);  // refused uploads leave no file
}

TEST_F(ObjectsTest, TagsBelongToAVersion) {
  const auto first = put(objects(), "b", "k", "1");
  const auto second = put(objects(), "b", "k", "2");
  ASSERT_TRUE(second);
  EXPECT_EQ(objects().set_tags("b", "k", first->sequencer, {{"a", "1"}}).error().code,
            Code::kFailedPrecondition);
  EXPECT_TRUE(objects().set_tags("b", "k", second->sequencer, {{"a", "1"}}));
  EXPECT_EQ(objects().head("b", "k")->tags, (StringMap{{"a", "1"}}));
  EXPECT_TRUE(objects().set_tags("b", "k", "", {{"b", "2"}}));
  EXPECT_EQ(objects().head("b", "k")->tags, (StringMap{{"b", "2"}}));
  EXPECT_EQ(objects().head("b", "k")->sequencer, second->sequencer);
}

TEST_F(ObjectsTest, SequencersGrowWhateverTheClockDoes) {
  std::string last;
  for (const std::int64_t step : {0, 0, 1000, -3'600'000, -1, 0, 5}) {
    clock_.advance_ms(step);
    const auto made = put(objects(), "b", "k", "x");
    ASSERT_TRUE(made);
    EXPECT_GT(made->sequencer, last);
    EXPECT_EQ(made->sequencer.size(), 16U);
    last = made->sequencer;
    reopen();
  }
}

TEST_F(ObjectsTest, AMissingFileIsCorruptionNotAbsence) {
  ASSERT_TRUE(put(objects(), "b", "k", "x"));
  for (const auto& file : testing::files_below(directory_.path() / "objects")) std::filesystem::remove(file);
  EXPECT_EQ(objects().open("b", "k").error().code, Code::kCorrupt);
}

TEST_F(ObjectsTest, SwappedFilesAreFound) {
  ASSERT_TRUE(put(objects(), "b", "k1", "one"));
  ASSERT_TRUE(put(objects(), "b", "k2", "two"));
  const auto files = testing::files_below(directory_.path() / "objects");
  ASSERT_EQ(files.size(), 2U);
  const auto aside = directory_.path() / "aside";
  std::filesystem::rename(files[0], aside);
  std::filesystem::rename(files[1], files[0]);
  std::filesystem::rename(aside, files[1]);
  EXPECT_EQ(get(objects(), "b", "k1").error().code, Code::kCorrupt);
  EXPECT_EQ(get(objects(), "b", "k2").error().code, Code::kCorrupt);
}

// Listing, against the plainest possible meaning of it.
struct Listed {
  std::string name;
  bool is_prefix;
  bool operator==(const Listed&) const = default;
};
void PrintTo(const Listed& listed, std::ostream* out) {
  *out << ::testing::PrintToString(listed.name) << (listed.is_prefix ? " (prefix)" : "");
}

std::vector<Listed> model_list(const std::set<std::string>& keys, const ListQuery& query) {
  std::vector<Listed> all;
  for (const std::string& key : keys) {
    if (!key.starts_with(query.prefix) || key <= query.start_after) continue;
    const std::size_t cut =
        query.delimiter.empty() ? std::string::npos : key.find(query.delimiter, query.prefix.size());
    const Listed entry{cut == std::string::npos ? key : key.substr(0, cut + query.delimiter.size()),
                       cut != std::string::npos};
    if (all.empty() || !(all.back() == entry)) all.push_back(entry);
  }
  return all;
}

std::vector<Listed> merged(const ListPage& page) {
  std::vector<Listed> all;
  for (const ObjectInfo& object : page.objects) all.push_back({object.key, false});
  for (const std::string& prefix : page.common_prefixes) all.push_back({prefix, true});
  EXPECT_TRUE(std::ranges::is_sorted(page.common_prefixes));
  EXPECT_TRUE(std::ranges::is_sorted(page.objects, {}, &ObjectInfo::key));
  std::ranges::sort(all, {}, &Listed::name);
  return all;
}

TEST_F(ObjectsTest, ListsAsAModelDoes) {
  std::mt19937 random(7);
  auto below = [&](std::size_t n) { return random() % n; };
  const std::vector<std::string> pieces = {"a",
                                           "b",
                                           "/",
                                           "//",
                                           "ab",
                                           "../",
                                           "ä",
                                           "\xEF\xBF\xBF",
                                           "\xF0\x9F\x90\xB1",
                                           " ",
                                           "0",
                                           "z",
                                           "\x7F",
                                           "%2F",
                                           std::string(1, '\0')};
  std::set<std::string> keys;
  while (keys.size() < 250) {
    std::string key;
    for (std::size_t i = 0, n = 1 + below(6); i < n; ++i) key += pieces[below(pieces.size())];
    keys.insert(key);
  }
  keys.insert(std::string(1024, 'a'));
  keys.insert("a/" + std::string(1022, '/'));
  for (const std::string& key : keys) ASSERT_TRUE(put(objects(), "b", key, ""));
  ASSERT_TRUE(objects().create_bucket("c"));
  ASSERT_TRUE(put(objects(), "c", "a", ""));

  const std::vector<std::string> ordered(keys.begin(), keys.end());
  for (int round = 0; round < 400; ++round) {
    ListQuery query{.bucket = "b"};
    const std::string& some = ordered[below(ordered.size())];
    if (below(2) == 0) query.prefix = some.substr(0, below(4));
    if (!valid_utf8(query.prefix)) query.prefix.clear();
    if (below(3) != 0) query.delimiter = std::vector<std::string>{"/", "a", "//", "ä", "b/"}[below(5)];
    query.max_keys = 1 + below(20);
    const auto expected = model_list(keys, query);
    std::vector<Listed> got;
    for (std::size_t pages = 0; pages <= expected.size(); ++pages) {
      const auto page = objects().list(query);
      ASSERT_TRUE(page) << page.error().message;
      const auto entries = merged(*page);
      ASSERT_LE(entries.size(), query.max_keys);
      got.insert(got.end(), entries.begin(), entries.end());
      if (!page->truncated) break;
      ASSERT_EQ(entries.size(), query.max_keys);
      query.start_after = page->next;
    }
    ASSERT_EQ(got, expected) << "prefix '" << query.prefix << "' delimiter '" << query.delimiter << "' page "
                             << query.max_keys;
  }
}

TEST_F(ObjectsTest, ListStartsAfterAnyText) {
  const std::set<std::string> keys = {"a", "b/1", "b/2", "c", "d/1", "e"};
  for (const std::string& key : keys) ASSERT_TRUE(put(objects(), "b", key, ""));
  for (const std::string after : {"", "0", "a", "b", "b/1", "b/2", "bb", "c", "d/1", "e", "zz"}) {
    for (const std::string delimiter : {"", "/"}) {
      const ListQuery query{.bucket = "b", .delimiter = delimiter, .start_after = after};
      EXPECT_EQ(merged(*objects().list(query)), model_list(keys, query)) << after << " " << delimiter;
    }
  }
  // A common prefix is also a place to go on from: all that it stands for is behind.
  EXPECT_EQ(merged(*objects().list({.bucket = "b", .delimiter = "/", .start_after = "b/"})).front().name,
            "c");
  const auto none = objects().list({.bucket = "b", .max_keys = 0});
  EXPECT_TRUE(none->objects.empty());
  EXPECT_FALSE(none->truncated);
}

}  // namespace
}  // namespace eyrie::store
