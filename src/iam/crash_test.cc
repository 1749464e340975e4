// kill -9 in the middle of making users and keys: whatever was acknowledged is there, and no change is there by half.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <sstream>
#include <thread>

#include "iam/identities.h"
#include "store/testing.h"

namespace eyrie::iam {
namespace {

constexpr int kRounds = 12;

// The child: a user with a key, then renamed, over and over. Says "USER KEY SECRET" for what is done.
[[noreturn]] void work_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = store::EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  auto identities = Identities::open((*store)->records());
  if (!identities) ::_exit(2);
  for (int number = 0;; ++number) {
    const std::string name = "u" + std::to_string(round) + "-" + std::to_string(number);
    if (!(*identities)->create_user(name, "/")) ::_exit(3);
    const auto key = (*identities)->create_key(name);
    if (!key) ::_exit(4);
    if (!(*identities)->update_user(name, name + "-renamed", std::nullopt)) ::_exit(5);
    const std::string line = name + "-renamed " + key->key.id + " " + key->secret + "\n";
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(6);
  }
}

std::string read_all(int pipe) {
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = ::read(pipe, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(got));
  text.resize(text.rfind('\n') + 1);
  return text;
}

TEST(IdentitiesCrashTest, KilledAtRandomMoments) {
  const TemporaryDirectory directory;
  std::mt19937 random(7);
  std::string acknowledged;
  for (int round = 0; round < kRounds; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) work_until_killed(directory.path(), round, ends[1]);
    ::close(ends[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(30'000 + random() % 200'000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    acknowledged += read_all(ends[0]);
    ::close(ends[0]);

    auto store = store::EmbeddedStore::open({.directory = directory.path()});
    ASSERT_TRUE(store) << store.error().message;
    auto identities = Identities::open((*store)->records());
    ASSERT_TRUE(identities) << identities.error().message;
    std::istringstream lines(acknowledged);
    for (std::string user, key, secret; lines >> user >> key >> secret;) {
      const auto credential = (*identities)->credential(key);
      ASSERT_TRUE(credential) << user;
      ASSERT_EQ(credential->secret, secret);
      ASSERT_EQ(credential->principal.name, user);
    }
    // A renaming is whole: nobody has lost the keys made before it.
    for (const User& user : (*identities)->users()) {
      if (user.name.ends_with("-renamed")) ASSERT_EQ((*identities)->keys(user.name)->size(), 1U) << user.name;
    }
  }
  EXPECT_GT(acknowledged.size(), 500U) << "too few to have shown anything";
}

}  // namespace
}  // namespace eyrie::iam
