// kill -9 at random moments: what was acknowledged is there, whole, with exactly one event; what was not left no trace or
// came whole; tags and their event come together; no file lies about that no row names.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>
#include <thread>

#include "base/encoding.h"
#include "base/killing.h"
#include "crypto/digest.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

using testing::put;

constexpr int kWriters = 4;
constexpr std::string_view kTagged = "tagged ";  // before a key whose tags were acknowledged

// Content that tells by itself whether it is whole.
std::string content_of(const std::string& key) {
  const std::string seed = hex_encode(crypto::sha256(as_bytes(key)));
  std::string content;
  const std::size_t size =
      (static_cast<std::size_t>(seed[0]) * 977 + static_cast<std::size_t>(seed[1]) * 131) % 150'000;
  while (content.size() < size) content += seed;
  content.resize(size);
  return content;
}

// As CopyObject does: what is read goes out again under another key, with parts as a multipart object has them.
bool copy(ObjectStore& objects, const std::string& from, const std::string& to) {
  const auto content = testing::get(objects, "b", from);
  if (!content) return false;
  return put(objects, "b", to, *content,
             {.parts = {{.number = 1, .size = content->size(), .checksum = "sum"}}, .event_name = "ObjectCreated:Copy"})
      .has_value();
}

// The child: uploads without end, and says each acknowledged key on the pipe (a line at a time, which pipes keep whole).
[[noreturn]] void upload_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = EmbeddedStore::open({.directory = directory});
  if (!store) {
    std::fprintf(stderr, "child: %s\n", store.error().message.c_str());
    ::_exit(1);
  }
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0;; ++i) {
        const std::string name = std::to_string(round) + "-" + std::to_string(w) + "-" + std::to_string(i);
        const std::string key = "uploads/" + name;
        if (!put((*store)->objects(), "b", key, content_of(key))) ::_exit(2);
        // Every third is overwritten at once with the same, so that old versions' files are removed while being killed.
        if (i % 3 == 0 && !put((*store)->objects(), "b", "overwritten/" + std::to_string(w), content_of(key)))
          ::_exit(3);
        if (i % 4 == 0 && !copy((*store)->objects(), key, "copies/" + name)) ::_exit(6);
        if (!(*store)->objects().set_bucket_setting("b", "writer-" + std::to_string(w), std::to_string(i))) ::_exit(7);
        const std::string line = (i % 4 == 0 ? "copies/" + name + "\n" : "") + key + "\n";
        if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(4);
        if (i % 2 == 0) continue;
        if (!(*store)->objects().set_tags("b", key, "", {{"n", "1"}})) ::_exit(8);
        const std::string tagged = std::string(kTagged) + key + "\n";
        if (::write(pipe, tagged.data(), tagged.size()) != static_cast<ssize_t>(tagged.size())) ::_exit(4);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  ::_exit(5);
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    lines.insert(text.substr(at, end - at));
  return lines;
}

class CrashTest : public ::testing::Test {
 protected:
  std::unique_ptr<EmbeddedStore> open() {
    auto store = EmbeddedStore::open({.directory = directory_.path()});
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  // By function and subject.
  static std::map<std::string, int> events_by_subject(EventQueue& events) {
    std::map<std::string, int> count;
    while (true) {
      const auto event = events.lease(std::chrono::hours(1));
      EXPECT_TRUE(event);
      if (!event || !*event) return count;
      ++count[(*event)->function + " " + (*event)->subject];
      EXPECT_TRUE(events.acknowledge((*event)->id));
    }
  }

  testing::TemporaryDirectory directory_;
};

void check_whole(EmbeddedStore& store, const std::string& key) {
  auto reader = store.objects().open("b", key);
  ASSERT_TRUE(reader) << key << ": " << reader.error().message;
  const auto content = testing::read_all(**reader);
  ASSERT_TRUE(content) << key << ": " << content.error().message;
  EXPECT_EQ(hex_encode(crypto::md5(as_bytes(*content))), (*reader)->info().etag) << key;
  if (key.starts_with("uploads/")) EXPECT_EQ(*content, content_of(key)) << key;
  if (!key.starts_with("copies/")) return;
  EXPECT_EQ(*content, content_of("uploads/" + key.substr(7))) << key;
  ASSERT_EQ((*reader)->info().parts.size(), 1U) << key;
  EXPECT_EQ((*reader)->info().parts[0].size, content->size()) << key;
}

// What was set of the bucket is what was acknowledged last, or what came right after it.
void check_settings(EmbeddedStore& store, const std::set<std::string>& acknowledged, int round) {
  for (int w = 0; w < kWriters; ++w) {
    const std::string mine = "uploads/" + std::to_string(round) + "-" + std::to_string(w) + "-";
    long last = -1;
    for (const std::string& key : acknowledged) {
      if (key.starts_with(mine)) last = std::max(last, std::stol(key.substr(mine.size())));
    }
    if (last < 0) continue;
    const auto setting = store.objects().bucket_setting("b", "writer-" + std::to_string(w));
    ASSERT_TRUE(setting && *setting);
    const long set = std::stol(**setting);
    EXPECT_TRUE(set == last || set == last + 1) << set << " after " << last;
  }
}

TEST_F(CrashTest, KilledAtRandomMoments) {
  {
    auto store = open();
    ASSERT_TRUE(store->objects().create_bucket("b"));
    ASSERT_TRUE(store->set_rules("b", {{.bucket = "b",
                                        .function = "f",
                                        .events = {"ObjectCreated:*"},
                                        .prefixes = {"uploads/", "copies/"}},
                                       {.bucket = "b", .id = "2", .function = "tags", .events = {"ObjectTagging:*"}}}));
  }
  Killings killings({.rounds = 25, .least = std::chrono::milliseconds(20), .most = std::chrono::milliseconds(270), .enough = 40});
  while (killings.more()) {
    const int round = killings.round();
    std::set<std::string> acknowledged = lines_of(killings.run([&](int pipe) { upload_until_killed(directory_.path(), round, pipe); }));
    std::set<std::string> acknowledged_tags;
    for (const std::string& line : acknowledged) {
      if (line.starts_with(kTagged)) acknowledged_tags.insert(line.substr(kTagged.size()));
    }
    std::erase_if(acknowledged, [](const std::string& line) { return line.starts_with(kTagged); });
    auto store = open();
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->events().release_all());
    for (const std::string& key : acknowledged) ASSERT_NO_FATAL_FAILURE(check_whole(*store, key));
    ASSERT_NO_FATAL_FAILURE(check_settings(*store, acknowledged, round));

    std::set<std::string> listed, tagged;
    ListQuery query{.bucket = "b"};
    for (ListPage page{.truncated = true}; page.truncated; query.start_after = page.next) {
      page = *store->objects().list(query);
      for (const ObjectInfo& object : page.objects) {
        listed.insert(object.key);
        if (!object.tags.empty()) tagged.insert(object.key);
      }
    }
    // Also what was not acknowledged is whole, where it is there at all.
    for (const std::string& key : listed) ASSERT_NO_FATAL_FAILURE(check_whole(*store, key));

    const auto events = events_by_subject(store->events());
    const std::string mine = "uploads/" + std::to_string(round) + "-", copied = "copies/" + std::to_string(round) + "-";
    std::size_t expected_events = 0;
    for (const std::string& key : listed) {
      if (!key.starts_with(mine) && !key.starts_with(copied)) continue;
      ++expected_events;
      EXPECT_TRUE(events.contains("f b/" + key) && events.at("f b/" + key) == 1) << key;
      if (acknowledged_tags.contains(key)) EXPECT_TRUE(tagged.contains(key)) << key;
      if (!tagged.contains(key)) continue;
      ++expected_events;
      EXPECT_TRUE(events.contains("tags b/" + key) && events.at("tags b/" + key) == 1) << key;
    }
    EXPECT_EQ(events.size(), expected_events) << "an event without its object";
    testing::expect_files(directory_.path() / "objects", listed.size());
    EXPECT_TRUE(testing::files_below(directory_.path() / "tmp").empty());
  }
  EXPECT_TRUE(killings.enough()) << "too few uploads to have shown anything";
}

}  // namespace
}  // namespace eyrie::store
