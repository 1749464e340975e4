#include "crypto/key_ring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::crypto {
namespace {

class KeyRingTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void write(std::string_view text, mode_t mode = 0600) {
    std::ofstream(file_, std::ios::trunc) << text;
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
  }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("eyrie-key-ring-" + uuid_v4());
  const std::filesystem::path file_ = directory_ / "master.key";
};

bool same(const SecretKey& a, const SecretKey& b) {
  return std::ranges::equal(a.view(), b.view());
}

TEST_F(KeyRingTest, CreatedThenLoaded) {
  EXPECT_EQ(KeyRing::load(file_).error().code, Code::kNotFound);
  const auto made = KeyRing::create(file_);
  ASSERT_TRUE(made) << made.error().message;
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_FALSE(std::filesystem::exists(file_.string() + ".new"));
  EXPECT_EQ(KeyRing::create(file_).error().code, Code::kAlreadyExists);

  const auto loaded = KeyRing::load(file_);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->current_key_id(), made->current_key_id());
  const SecretKey data_key = SecretKey::random();
  const WrappedKey wrapped = made->wrap(data_key, as_bytes("object"));
  const auto unwrapped = loaded->unwrap(wrapped, as_bytes("object"));
  ASSERT_TRUE(unwrapped);
  EXPECT_TRUE(same(*unwrapped, data_key));
  EXPECT_EQ(loaded->unwrap(wrapped, as_bytes("other")).error().code, Code::kCorrupt);
}

TEST_F(KeyRingTest, ACrashWhileCreatingLeavesNoTrap) {
  std::ofstream(file_.string() + ".new") << "half a k";
  EXPECT_TRUE(KeyRing::create(file_));
}

TEST_F(KeyRingTest, RotationKeepsOldKeys) {
  const auto old_ring = KeyRing::create(file_);
  ASSERT_TRUE(old_ring);
  std::string old_text;
  std::getline(std::ifstream(file_), old_text);
  const SecretKey data_key = SecretKey::random();
  const WrappedKey wrapped = old_ring->wrap(data_key, {});

  write(base64_encode(SecretKey::random().view()) + "\n" + old_text + "\n");
  const auto both = KeyRing::load(file_);
  ASSERT_TRUE(both);
  EXPECT_NE(both->current_key_id(), old_ring->current_key_id());
  ASSERT_TRUE(both->unwrap(wrapped, {}));
  EXPECT_TRUE(same(*both->unwrap(wrapped, {}), data_key));
  EXPECT_EQ(old_ring->unwrap(both->wrap(data_key, {}), {}).error().code, Code::kFailedPrecondition);
}

TEST_F(KeyRingTest, RefusesWhatOthersCanRead) {
  ASSERT_TRUE(KeyRing::create(file_));
  for (const mode_t mode : {0640, 0604, 0620, 0601}) {
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
    EXPECT_EQ(KeyRing::load(file_).error().code, Code::kPermissionDenied) << mode;
  }
}

TEST_F(KeyRingTest, RefusesWhatIsNoKey) {
  const std::string short_key = base64_encode(Bytes(31, 1)), key = base64_encode(Bytes(32, 1));
  for (const std::string& text : {std::string(), std::string("\n"), std::string("hello"), short_key,
                                  key + " " + key, key + "\nrubbish\n", std::string(5000, 'A')}) {
    write(text);
    EXPECT_EQ(KeyRing::load(file_).error().code, Code::kCorrupt) << text;
  }
  write(key);  // no newline at the end: an editor's doing
  EXPECT_TRUE(KeyRing::load(file_));
  write("eyrie key ring 3 moon\n" + key + "\n");
  EXPECT_TRUE(KeyRing::load(file_).error().message.contains("a newer program")) << KeyRing::load(file_).error().message;
}

TEST_F(KeyRingTest, SealedByAGivenKey) {
  const GivenKey given(SecretKey::random(), "EYRIE_MASTER_KEY"), other(SecretKey::random(), "EYRIE_MASTER_KEY");
  const auto made = KeyRing::create(file_, &given);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->sealed_by(), "environment");
  const WrappedKey wrapped = made->wrap(SecretKey::random(), as_bytes("object"));

  const auto none = KeyRing::load(file_);
  EXPECT_EQ(none.error().code, Code::kFailedPrecondition);
  EXPECT_TRUE(none.error().message.contains("\"environment\", which is not given")) << none.error().message;
  const auto wrong = KeyRing::load(file_, {&other});
  EXPECT_EQ(wrong.error().code, Code::kFailedPrecondition);
  EXPECT_TRUE(wrong.error().message.contains("another key than that of EYRIE_MASTER_KEY")) << wrong.error().message;
  const auto right = KeyRing::load(file_, {&other, &given});
  ASSERT_TRUE(right) << right.error().message;
  EXPECT_EQ(right->sealed_by(), "environment");
  EXPECT_TRUE(right->unwrap(wrapped, as_bytes("object")));

  // Each byte counts: of the mark, of the note, of what is sealed.
  std::ostringstream content;
  content << std::ifstream(file_).rdbuf();
  const std::string text = content.str();
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    if (changed[at] == text[at] || text[at] == '\n') continue;
    write(changed);
    EXPECT_FALSE(KeyRing::load(file_, {&given})) << at;
  }
}

TEST_F(KeyRingTest, ReplacedUnderAnotherSeal) {
  const GivenKey given(SecretKey::random(), "KEY");
  const auto old_ring = KeyRing::create(file_);
  ASSERT_TRUE(old_ring);
  const WrappedKey before = old_ring->wrap(SecretKey::random(), as_bytes("object"));
  const auto both = old_ring->with_new_key().replace(file_, &given);
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->sealed_by(), "environment");
  const auto loaded = KeyRing::load(file_, {&given});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->size(), 2U);
  EXPECT_NE(loaded->current_key_id(), old_ring->current_key_id());
  EXPECT_TRUE(loaded->unwrap(before, as_bytes("object")));
  const WrappedKey after = loaded->wrap(SecretKey::random(), as_bytes("object"));

  ASSERT_TRUE(loaded->with_current_key_alone().replace(file_, nullptr));
  const auto alone = KeyRing::load(file_);
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_EQ(alone->sealed_by(), "file");
  EXPECT_TRUE(alone->unwrap(after, as_bytes("object")));
  EXPECT_EQ(alone->unwrap(before, as_bytes("object")).error().code, Code::kFailedPrecondition);
}

TEST(GivenKey, IsThirtyTwoBytesInBase64) {
  EXPECT_TRUE(GivenKey::parse(base64_encode(SecretKey::random().view()), "K"));
  for (const std::string text : {"", "AAAA", "not base64", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    const auto key = GivenKey::parse(text, "EYRIE_MASTER_KEY");
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().message, "EYRIE_MASTER_KEY must be a key of 32 bytes in base64");
  }
}

}  // namespace
}  // namespace eyrie::crypto
