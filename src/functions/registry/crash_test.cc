// kill -9 in the middle of making, changing and removing functions: what was acknowledged is there, with its code, and nothing by half.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <sstream>

#include "base/killing.h"
#include "functions/registry/registry.h"
#include "functions/registry/testing.h"
#include "store/testing.h"

namespace eyrie::functions {
namespace {

// The child: makes a function, publishes, changes its code, removes the one before. Says "NAME made" and so on for what is done.
[[noreturn]] void work_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = store::EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  auto registry = Registry::open((*store)->records(), directory / "functions" / "code");
  if (!registry) ::_exit(2);
  auto say = [pipe](const std::string& line) {
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(3);
  };
  for (int number = 0;; ++number) {
    const std::string name = "f" + std::to_string(round) + "-" + std::to_string(number);
    if (!(*registry)->create(name, {.runtime = "python3.11"}, {}, testing::stored_zip("app.py", name + " 1"), false)) ::_exit(4);
    say(name + " made\n");
    if (!(*registry)->publish(name, std::nullopt, "", "")) ::_exit(5);
    if (!(*registry)->update_code(name, testing::stored_zip("app.py", name + " 2"), "", "")) ::_exit(6);
    say(name + " changed\n");
    if (number % 3 != 0) continue;
    say(name + " going\n");
    if (!(*registry)->remove(name)) ::_exit(7);
    say(name + " gone\n");
  }
}

TEST(RegistryCrashTest, KilledAtRandomMoments) {
  const TemporaryDirectory directory;
  Killings killings({.rounds = 12, .least = std::chrono::milliseconds(30), .most = std::chrono::milliseconds(230), .enough = 51});
  std::map<std::string, std::string> last;
  while (killings.more()) {
    std::istringstream lines(killings.run([&](int pipe) { work_until_killed(directory.path(), killings.round(), pipe); }));
    for (std::string name, what; lines >> name >> what;) last[name] = what;
    auto store = store::EmbeddedStore::open({.directory = directory.path()});
    ASSERT_TRUE(store) << store.error().message;
    auto registry = Registry::open((*store)->records(), directory.path() / "functions" / "code");
    ASSERT_TRUE(registry) << registry.error().message;
    for (const auto& [name, what] : last) {
      const auto found = (*registry)->find(name);
      if (what == "gone") ASSERT_FALSE(found) << name;
      if (what == "made" || what == "changed") ASSERT_TRUE(found) << name << " " << what;
      if (what == "changed") {
        EXPECT_EQ((*found)->versions.size(), 1U) << name;
        const Bytes wanted = testing::stored_zip("app.py", name + " 2");
        EXPECT_EQ((*registry)->code().read((*found)->latest.code), wanted) << name;
      }
    }
    // Each archive that is named is whole, and there is none that is not named.
    std::set<std::string> named;
    for (const FunctionPtr& function : (*registry)->functions()) {
      named.insert(function->latest.code.file);
      ASSERT_TRUE((*registry)->code().read(function->latest.code)) << function->name;
      for (const auto& [number, version] : function->versions) {
        named.insert(version.code.file);
        ASSERT_TRUE((*registry)->code().read(version.code)) << function->name;
      }
    }
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path() / "functions" / "code")) there.insert(entry.path().filename());
    ASSERT_EQ(there, named);
  }
  EXPECT_TRUE(killings.enough()) << "too few to have shown anything";
}

}  // namespace
}  // namespace eyrie::functions
