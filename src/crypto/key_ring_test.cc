#include "crypto/key_ring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

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
}

}  // namespace
}  // namespace eyrie::crypto
