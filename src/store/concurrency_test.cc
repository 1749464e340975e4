// Many threads at once. Worth most under ThreadSanitizer (cmake -DEYRIE_TSAN=ON).
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/testing.h"

namespace eyrie::store {
namespace {

using testing::get;
using testing::put;

class ConcurrencyTest : public testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(objects().create_bucket("b"));
  }
  static void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back([&, i] { work(i); });
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(ConcurrencyTest, ExactlyOneOfManyCreatesTheKey) {
  for (int round = 0; round < 5; ++round) {
    const std::string key = "k" + std::to_string(round);
    std::atomic<int> won = 0, refused = 0;
    std::atomic<int> winner = -1;
    in_threads(12, [&](int i) {
      PutCommit commit;
      commit.conditions.if_none_match = true;
      const auto made = put(objects(), "b", key, std::to_string(i), commit);
      if (made) {
        ++won;
        winner = i;
      } else if (made.error().code == Code::kFailedPrecondition) {
        ++refused;
      }
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(refused, 11);
    EXPECT_EQ(get(objects(), "b", key), std::to_string(winner));
  }
  testing::expect_files(directory_.path() / "objects", 5);
}

// Writers overwrite a few keys without pause; whoever reads sees one version, whole, and never an absence.
TEST_F(ConcurrencyTest, ReadersSeeWholeVersions) {
  constexpr int kKeys = 3;
  auto content = [](int key, int version) {
    return std::string(static_cast<std::size_t>(1000 + 30'000 * key), static_cast<char>('a' + version % 26));
  };
  for (int key = 0; key < kKeys; ++key)
    ASSERT_TRUE(put(objects(), "b", std::to_string(key), content(key, 0)));
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0, wrong = 0;
  std::thread readers([&] {
    in_threads(4, [&](int i) {
      for (int n = i; !stop; ++n) {
        const int key = n % kKeys;
        const auto read = get(objects(), "b", std::to_string(key));
        const bool whole = read && read->size() == content(key, 0).size() &&
                           read->find_first_not_of(read->front()) == std::string::npos;
        if (!whole) ++wrong;
        const auto page = objects().list({.bucket = "b"});
        if (!page || page->objects.size() != kKeys) ++wrong;
        ++reads;
      }
    });
  });
  in_threads(4, [&](int i) {
    std::string last;
    for (int version = 0; version < 30; ++version) {
      const int key = (i + version) % kKeys;
      const auto made = put(objects(), "b", std::to_string(key), content(key, version));
      if (!made || made->sequencer <= last) ++wrong;
      if (made) last = made->sequencer;
    }
  });
  stop = true;
  readers.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(reads, 0);
  testing::expect_files(directory_.path() / "objects", kKeys);
}

TEST_F(ConcurrencyTest, EverythingAtOnce) {
  ASSERT_TRUE(items().create_table({.name = "t", .partition = {"p", KeyType::kString}}));
  ASSERT_TRUE(store_->set_rules("b", {{.bucket = "b", .function = "f", .events = {"ObjectCreated:*"}}}));
  constexpr int kEach = 25;
  std::atomic<int> wrong = 0, handled = 0;
  std::thread workers([&] {
    in_threads(2, [&](int) {
      while (handled < 3 * kEach) {
        const auto event = events().lease(std::chrono::minutes(1));
        if (!event) ++wrong;
        if (!event || !*event) {
          events().wait(std::chrono::milliseconds(20));
          continue;
        }
        Item record{{"p", {{"S", (*event)->subject}}}};
        if (!items().put("t", record) || !events().acknowledge((*event)->id)) ++wrong;
        ++handled;
      }
    });
  });
  in_threads(6, [&](int i) {
    for (int n = 0; n < kEach; ++n) {
      const std::string key = std::to_string(i) + "/" + std::to_string(n);
      if (i < 3) {
        if (!put(objects(), "b", key, key)) ++wrong;
        if (!objects().set_tags("b", key, "", {{"n", std::to_string(n)}})) ++wrong;
      } else if (!items().scan("t", {}) || !events().depth() || !objects().buckets() ||
                 !store_->setting("x")) {
        ++wrong;
      }
    }
  });
  workers.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(items().describe("t")->item_count, 3U * kEach);
  EXPECT_EQ(events().depth()->oldest_ms, 0);
}

}  // namespace
}  // namespace eyrie::store
