// kill -9 while objects are moved to the cold folder and brought back: each is whole all the time, and no file is left that no row
// names.
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "base/killing.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

constexpr int kRounds = 30;
constexpr int kArchived = 12;
constexpr std::int64_t kFarAway = 4'102'444'800'000;

std::string name_of(int i) { return "object-" + std::to_string(i); }

// Every other one compresses.
std::string content_of(int i) {
  std::mt19937 random(static_cast<unsigned>(i));
  std::string text;
  while (text.size() < 150'000 + static_cast<std::size_t>(i) * 7'001)
    text += i % 2 == 0 ? "the same again and again, " : std::string(1, static_cast<char>(random()));
  return text;
}

// The child: overwrites, archives and restores the objects, round and round.
[[noreturn]] void move_until_killed(const std::filesystem::path& directory) {
  auto store = EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  ObjectStore& objects = (*store)->objects();
  for (int i = 0;; i = (i + 1) % kArchived) {
    const auto object = objects.head("b", name_of(i));
    if (!object) ::_exit(2);
    if (object->storage_class == "STANDARD") {
      if (!objects.set_storage_class("b", name_of(i), object->sequencer, "GLACIER")) ::_exit(3);
    } else if (!object->restore) {
      if (!objects.restore("b", name_of(i), kFarAway)) ::_exit(4);
      if (!objects.work_on_archive([] { return false; })) ::_exit(5);
    } else if (!object->restore->ongoing) {
      if (!testing::put(objects, "b", name_of(i), content_of(i), {.storage_class = i % 3 == 0 ? "GLACIER" : "STANDARD"})) ::_exit(6);
    } else if (!objects.work_on_archive([] { return false; })) {
      ::_exit(7);
    }
  }
}

void check(EmbeddedStore& store, int i) {
  ObjectStore& objects = store.objects();
  auto object = objects.head("b", name_of(i));
  ASSERT_TRUE(object) << name_of(i) << " is lost";
  if (is_archived(object->storage_class)) {
    const auto outcome = objects.restore("b", name_of(i), kFarAway);
    ASSERT_TRUE(outcome || outcome.error().code == Code::kAlreadyExists) << outcome.error().message;
    ASSERT_TRUE(objects.work_on_archive([] { return false; }));
  }
  const auto content = testing::get(objects, "b", name_of(i));
  ASSERT_TRUE(content) << name_of(i) << ": " << content.error().message;
  EXPECT_TRUE(*content == content_of(i)) << name_of(i);
}

TEST(ArchiveCrash, KilledWhileMoving) {
  const testing::TemporaryDirectory directory;
  {
    auto store = EmbeddedStore::open({.directory = directory.path()});
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->objects().create_bucket("b"));
    for (int i = 0; i < kArchived; ++i) ASSERT_TRUE(testing::put((*store)->objects(), "b", name_of(i), content_of(i)));
  }
  std::mt19937 random(5);
  for (int round = 0; round < kRounds; ++round) {
    killed_after(std::chrono::microseconds(15'000 + random() % 120'000), [&](int) { move_until_killed(directory.path()); });
    ASSERT_FALSE(::testing::Test::HasFailure());
    auto store = EmbeddedStore::open({.directory = directory.path()});
    ASSERT_TRUE(store) << store.error().message;
    for (int i = 0; i < kArchived; i += round % 3 + 1) ASSERT_NO_FATAL_FAILURE(check(**store, i)) << "round " << round;
  }
  // What the sweep at the start leaves: a file an object, in one of the folders, and one a temporary copy.
  auto store = EmbeddedStore::open({.directory = directory.path()});
  ASSERT_TRUE(store);
  std::size_t expected = 0;
  for (int i = 0; i < kArchived; ++i) {
    ASSERT_NO_FATAL_FAILURE(check(**store, i));
    expected += (*store)->objects().head("b", name_of(i))->restore ? 2 : 1;
  }
  store->reset();
  store = EmbeddedStore::open({.directory = directory.path()});
  std::size_t files = 0;
  for (int tries = 0; tries < 200 && files != expected; ++tries) {  // the sweep runs beside us
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    files = testing::files_below(directory.path() / "objects").size() + testing::files_below(directory.path() / "cold").size() - 1;
  }
  EXPECT_EQ(files, expected);
}

}  // namespace
}  // namespace eyrie::store
