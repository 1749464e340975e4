// kill -9 in the middle of making users, changing their passwords and signing in: whatever was acknowledged is there, nothing is there by
// half, and no session of before a change of password is good after it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <sstream>

#include "base/killing.h"
#include "iam/console/console_users.h"
#include "iam/console/sessions.h"
#include "store/testing.h"

namespace eyrie::iam::console {
namespace {

// The child: a user, a session, another password, a session, over and over. Says "NAME KEPT OLD-TOKEN TOKEN" for what is done.
[[noreturn]] void work_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = store::EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  auto users = ConsoleUsers::open((*store)->records());
  auto sessions = Sessions::open((*store)->records());
  if (!users || !sessions) ::_exit(2);
  for (int number = 0;; ++number) {
    const std::string name = "u" + std::to_string(round) + "-" + std::to_string(number);
    const auto user = (*users)->create({.name = name, .password = "first"});
    if (!user) ::_exit(3);
    const auto old = (*sessions)->start(user->id, user->generation, "", "");
    if (!old) ::_exit(4);
    const auto changed = (*users)->set_password(user->id, "second-" + name);
    if (!changed || !(*sessions)->end_of_user(user->id)) ::_exit(5);
    const auto anew = (*sessions)->start(user->id, changed->generation, "", "");
    if (!anew) ::_exit(6);
    const std::string line = name + " second-" + name + " " + old->token + " " + anew->token + "\n";
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(7);
  }
}

TEST(ConsoleCrashTest, KilledAtRandomMoments) {
  const TemporaryDirectory directory;
  Killings killings({.rounds = 12, .least = std::chrono::milliseconds(30), .most = std::chrono::milliseconds(230), .enough = 10});
  std::string acknowledged;
  while (killings.more()) {
    acknowledged += killings.run([&](int pipe) { work_until_killed(directory.path(), killings.round(), pipe); });
    auto store = store::EmbeddedStore::open({.directory = directory.path()});
    ASSERT_TRUE(store) << store.error().message;
    auto users = ConsoleUsers::open((*store)->records());
    ASSERT_TRUE(users) << users.error().message;
    auto sessions = Sessions::open((*store)->records());
    ASSERT_TRUE(sessions) << sessions.error().message;
    std::istringstream lines(acknowledged);
    for (std::string name, kept, old, anew; lines >> name >> kept >> old >> anew;) {
      const auto user = (*users)->named(name);
      ASSERT_TRUE(user) << name;
      ASSERT_EQ(user->password, kept);
      ASSERT_FALSE((*sessions)->find(old)) << name;
      const auto session = (*sessions)->find(anew);
      ASSERT_TRUE(session) << name;
      ASSERT_EQ(session->generation, user->generation);
    }
    // Who has the second password by now has no session of before it, whether or not the old ones were ended in time.
    for (const ConsoleUser& user : (*users)->users()) {
      if (user.password == "first") continue;
      ASSERT_EQ(user.generation, 1) << user.name;
    }
  }
  EXPECT_TRUE(killings.enough()) << "too few to have shown anything";
}

}  // namespace
}  // namespace eyrie::iam::console
