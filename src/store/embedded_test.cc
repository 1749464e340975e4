#include "store/embedded.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "base/encoding.h"
#include "crypto/secret.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

using testing::get;
using testing::put;

using EmbeddedTest = testing::StoreTest;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST_F(EmbeddedTest, OthersMayReadNothing) {
  store_.reset();
  const auto fresh = directory_.path() / "made" / "here";
  auto opened = EmbeddedStore::open({.directory = fresh});
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->objects().create_bucket("b"));
  ASSERT_TRUE(put((*opened)->objects(), "b", "k", "x"));
  EXPECT_EQ(mode_of(fresh), 0700U);
  for (const auto& file : testing::files_below(fresh)) EXPECT_EQ(mode_of(file), 0600U) << file;
}

TEST_F(EmbeddedTest, AFolderThatWasThereKeepsItsMode) {
  store_.reset();
  const auto there = directory_.path() / "there";
  std::filesystem::create_directory(there);
  ASSERT_EQ(::chmod(there.c_str(), 0750), 0);
  ASSERT_TRUE(EmbeddedStore::open({.directory = there}));
  EXPECT_EQ(mode_of(there), 0750U);
}

TEST_F(EmbeddedTest, OneProcessAtATime) {
  const auto second = EmbeddedStore::open({.directory = directory_.path()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_NE(second.error().message.find(directory_.path().string()), std::string::npos);
}

TEST_F(EmbeddedTest, Settings) {
  EXPECT_EQ(*store_->setting("a"), std::nullopt);
  ASSERT_TRUE(store_->set_setting("a", "1"));
  ASSERT_TRUE(store_->set_setting("a", "2"));
  reopen();
  EXPECT_EQ(*store_->setting("a"), "2");
}

TEST_F(EmbeddedTest, ALostKeyIsNotReplaced) {
  store_.reset();
  std::filesystem::rename(directory_.path() / "master.key", directory_.path() / "away");
  const auto without = EmbeddedStore::open({.directory = directory_.path()});
  ASSERT_FALSE(without);
  EXPECT_NE(without.error().message.find("master.key"), std::string::npos) << without.error().message;
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "master.key"));
  std::filesystem::rename(directory_.path() / "away", directory_.path() / "master.key");
  reopen();
}

TEST_F(EmbeddedTest, AnotherKeyIsRefusedARotatedOneServes) {
  ASSERT_TRUE(objects().create_bucket("b"));
  ASSERT_TRUE(put(objects(), "b", "old", "old"));
  store_.reset();
  const auto file = directory_.path() / "master.key";
  std::string old_key;
  std::getline(std::ifstream(file), old_key);
  const std::string new_key = base64_encode(crypto::SecretKey::random().view());
  std::ofstream(file, std::ios::trunc) << new_key << "\n";
  const auto refused = EmbeddedStore::open({.directory = directory_.path()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  std::ofstream(file, std::ios::trunc) << new_key << "\n" << old_key << "\n";
  reopen();
  EXPECT_EQ(get(objects(), "b", "old"), "old");
  ASSERT_TRUE(put(objects(), "b", "new", "new"));
  reopen();
  EXPECT_EQ(get(objects(), "b", "new"), "new");
}

TEST_F(EmbeddedTest, LeftoversOfACrashGoAndNothingElse) {
  ASSERT_TRUE(objects().create_bucket("b"));
  ASSERT_TRUE(put(objects(), "b", "kept", "kept"));
  store_.reset();
  const std::string orphan = uuid_v4();
  std::filesystem::create_directories(directory_.path() / "objects" / orphan.substr(0, 2));
  std::ofstream(directory_.path() / "objects" / orphan.substr(0, 2) / orphan) << "orphan";
  std::ofstream(directory_.path() / "tmp" / uuid_v4()) << "unfinished";
  std::ofstream(directory_.path() / "objects" / orphan.substr(0, 2) / "README") << "somebody's";
  reopen();
  testing::expect_files(directory_.path() / "objects", 2);
  EXPECT_TRUE(testing::files_below(directory_.path() / "tmp").empty());
  EXPECT_TRUE(std::filesystem::exists(directory_.path() / "objects" / orphan.substr(0, 2) / "README"));
  EXPECT_EQ(get(objects(), "b", "kept"), "kept");
}

// The sweep runs beside uploads and must spare what they are just placing.
TEST_F(EmbeddedTest, TheSweepSparesUploadsInProgress) {
  ASSERT_TRUE(objects().create_bucket("b"));
  std::vector<std::string> keys;
  for (int round = 0; round < 15; ++round) {
    store_.reset();
    for (int i = 0; i < 20; ++i) {
      const std::string orphan = uuid_v4();
      std::filesystem::create_directories(directory_.path() / "objects" / orphan.substr(0, 2));
      std::ofstream(directory_.path() / "objects" / orphan.substr(0, 2) / orphan) << "orphan";
    }
    reopen();
    for (int i = 0; i < 10; ++i) {
      keys.push_back(std::to_string(round) + "-" + std::to_string(i));
      ASSERT_TRUE(put(objects(), "b", keys.back(), keys.back()));
    }
  }
  testing::expect_files(directory_.path() / "objects", keys.size());
  for (const std::string& key : keys) EXPECT_EQ(get(objects(), "b", key), key);
}

// As root at once; else as the root of a user name space, where the system allows that.
bool enter_own_name_space() {
  if (::unshare(CLONE_NEWNS) != 0) {
    const std::string uid = std::to_string(::getuid());
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// A file system of 3 MiB, in name spaces of this test's own. What is acknowledged must be there, what is refused must
// say "disk full", reads go on, and room made is room to use.
int fill_a_small_disk(const std::filesystem::path& mount_point) {
  if (!enter_own_name_space()) return 77;
  if (::mount("tmpfs", mount_point.c_str(), "tmpfs", 0, "size=3m") != 0) return 77;
  auto opened = EmbeddedStore::open({.directory = mount_point / "data"});
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return 1;
  }
  ObjectStore& objects = (*opened)->objects();
  if (!objects.create_bucket("b")) return 2;
  const std::string content(50'000, 'x');
  int stored = 0, refused = 0;
  for (int i = 0; i < 200; ++i) {
    const auto made = put(objects, "b", "k" + std::to_string(i), content);
    if (made) {
      if (refused == 0) ++stored;
    } else {
      if (made.error().code != Code::kUnavailable) {
        std::fprintf(stderr, "%s\n", made.error().message.c_str());
        return 3;
      }
      ++refused;
    }
  }
  if (stored < 10 || refused < 10) return 4;
  // Small writes run the database itself out of room.
  Status full;
  for (int i = 0; i < 5000 && full; ++i)
    full = (*opened)->set_setting("s" + std::to_string(i), std::string(1000, 's'));
  if (full || full.error().code != Code::kUnavailable) return 5;
  const auto page = objects.list({.bucket = "b"});
  if (!page || page->objects.size() < static_cast<std::size_t>(stored)) return 6;
  for (const ObjectInfo& object : page->objects) {
    if (get(objects, "b", object.key) != content) return 7;
  }
  if (testing::files_below(mount_point / "data" / "tmp").size() != 0) return 8;
  if (testing::files_below(mount_point / "data" / "objects").size() != page->objects.size()) return 9;
  // Deleting is how people make room, so it must work without any.
  for (int i = 0; i < 3; ++i) {
    const auto removed = objects.remove("b", "k" + std::to_string(i));
    if (removed) continue;
    std::fprintf(stderr, "remove: %s\n", removed.error().message.c_str());
    return 10;
  }
  if (!put(objects, "b", "small", "again")) return 11;
  return 0;
}

TEST_F(EmbeddedTest, AFullDiskIsRefusedCleanly) {
  store_.reset();
  const auto mount_point = directory_.path() / "small";
  std::filesystem::create_directory(mount_point);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(fill_a_small_disk(mount_point));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "may not mount a file system here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace eyrie::store
