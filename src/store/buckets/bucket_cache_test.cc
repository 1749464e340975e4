// What is set of a bucket is seen by every reader from the moment it is answered, whoever reads meanwhile.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/testing.h"

namespace eyrie::store {
namespace {

class BucketCacheTest : public testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(objects().create_bucket("b"));
  }
  std::optional<std::string> setting(const std::string& name = "n") {
    const auto read = objects().bucket_setting("b", name);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : std::nullopt;
  }
};

TEST_F(BucketCacheTest, EveryKindOfChangeIsSeenAtOnce) {
  EXPECT_EQ(setting(), std::nullopt);
  ASSERT_TRUE(objects().set_bucket_setting("b", "n", "1"));
  EXPECT_EQ(setting(), "1");
  ASSERT_TRUE(objects().set_bucket_setting("b", "n", "2"));
  EXPECT_EQ(setting(), "2");
  EXPECT_TRUE(objects().rules("b")->empty());
  ASSERT_TRUE(objects().set_rules("b", {{.id = "r", .bucket = "b", .function = "f", .events = {"ObjectCreated:*"}}}));
  EXPECT_EQ(objects().rules("b")->at(0).id, "r");
  EXPECT_EQ(setting(), "2") << "the rest stays";
  ASSERT_TRUE(objects().set_bucket_setting("b", "n", std::nullopt));
  EXPECT_EQ(setting(), std::nullopt);
  reopen();
  EXPECT_EQ(objects().rules("b")->at(0).id, "r");
}

TEST_F(BucketCacheTest, ABucketThatGoesAndComesAgainHasNothingOfBefore) {
  ASSERT_TRUE(objects().set_bucket_setting("b", "n", "1"));
  EXPECT_EQ(setting(), "1");
  ASSERT_TRUE(objects().delete_bucket("b"));
  EXPECT_EQ(objects().bucket_setting("b", "n").error().code, Code::kNotFound);
  EXPECT_EQ(objects().bucket("b").error().code, Code::kNotFound);
  EXPECT_EQ(objects().head("b", "k").error().code, Code::kNotFound);
  clock_.advance_ms(5000);
  ASSERT_TRUE(objects().create_bucket("b"));
  EXPECT_EQ(setting(), std::nullopt);
  EXPECT_EQ(objects().bucket("b")->created_ms, clock_.now_ms());
  EXPECT_EQ(objects().set_bucket_setting("absent", "n", "1").error().code, Code::kNotFound);
  EXPECT_EQ(objects().bucket_setting("absent", "n").error().code, Code::kNotFound);
}

// A writer says what it was answered; no reader who looks after that may see less.
TEST_F(BucketCacheTest, NoReaderSeesLessThanWasAnswered) {
  constexpr int kChanges = 150;
  std::atomic<int> answered = 0, wrong = 0, reads = 0;
  ASSERT_TRUE(objects().set_bucket_setting("b", "n", "0"));
  std::vector<std::thread> readers;
  for (int t = 0; t < 4; ++t) {
    readers.emplace_back([&] {
      while (answered < kChanges) {
        const int least = answered;
        const auto read = objects().bucket_setting("b", "n");
        if (!read || !*read || std::stoi(**read) < least) ++wrong;
        ++reads;
      }
    });
  }
  for (int i = 1; i <= kChanges; ++i) {
    if (!objects().set_bucket_setting("b", "n", std::to_string(i))) ++wrong;
    // What reads in the middle of a change must not be kept after it.
    if (!objects().set_bucket_setting("b", "other", std::to_string(i))) ++wrong;
    answered = i;
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(reads, 0);
  EXPECT_EQ(setting(), std::to_string(kChanges));
}

}  // namespace
}  // namespace eyrie::store
