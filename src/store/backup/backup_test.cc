// What is backed up comes back whole, also what is replaced and removed while the backup is made; nothing half made is ever taken for whole.
#include "store/backup/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "base/killing.h"
#include "store/backup/hold.h"
#include "store/check/check.h"
#include "store/layout.h"
#include "store/rotation/rotation.h"
#include "store/sqlite/database.h"
#include "store/testing_everything.h"

namespace eyrie::store {
namespace {

namespace fs = std::filesystem;

class BackupTest : public testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    testing::put_everything(*store_, directory_.path(), customer_);
    write_file(directory_.path() / "root-key.json", "a key");
    write_file(directory_.path() / "audit" / "denied.jsonl", "a line\n");
  }
  fs::path target() const { return elsewhere_.path() / "backup"; }
  fs::path restored() const { return elsewhere_.path() / "restored"; }
  Result<BackupCounts> back_up(const fs::path& to) {
    return make_backup({.directory = directory_.path(), .target = to, .files = {"root-key.json", "celebrities.gallery"}, .folders = {"audit", "functions/code"}});
  }
  static void expect_whole(const fs::path& directory) {
    const auto counts = check_store({.directory = directory}, {.found = [](const Finding& finding) { ADD_FAILURE() << finding.kind << " " << finding.place << ": " << finding.what; }});
    EXPECT_TRUE(counts) << counts.error().message;
  }
  // How a restored directory opens.
  std::unique_ptr<EmbeddedStore> open(const fs::path& directory) {
    auto store = EmbeddedStore::open({.directory = directory, .clock = &clock_});
    EXPECT_TRUE(store) << store.error().message;
    return store ? *std::move(store) : nullptr;
  }

  testing::TemporaryDirectory elsewhere_;
  const crypto::SecretKey customer_ = crypto::SecretKey::random();
};

TEST_F(BackupTest, EverythingComesBack) {
  const auto made = back_up(target());
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->missing.empty());
  EXPECT_FALSE(fs::exists(target().string() + ".partial"));
  const auto whole = check_backup(target(), [](const std::string& problem) { ADD_FAILURE() << problem; });
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->files, made->files);
  EXPECT_EQ(whole->bytes, made->bytes);
  store_.reset();

  const auto counts = restore_backup(target(), restored());
  ASSERT_TRUE(counts) << counts.error().message;
  EXPECT_EQ(counts->files, made->files);
  expect_whole(restored());
  std::ifstream key(restored() / "root-key.json");
  std::string text;
  std::getline(key, text);
  EXPECT_EQ(text, "a key");
  EXPECT_TRUE(fs::exists(restored() / "audit" / "denied.jsonl"));
  EXPECT_FALSE(fs::exists(restored() / kRestorePartial));
  for (const auto& file : testing::files_below(restored())) EXPECT_EQ(fs::status(file).permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none) << file;
  const auto store = open(restored());
  ASSERT_TRUE(store);
  testing::expect_everything(*store, customer_);
}

TEST_F(BackupTest, OfADirectoryThatNobodyServes) {
  store_.reset();
  ASSERT_TRUE(back_up(target()));
  ASSERT_TRUE(restore_backup(target(), restored()));
  expect_whole(restored());
}

TEST_F(BackupTest, WhileObjectsAreReplacedAndRemoved) {
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const std::string key = "replaced-" + std::to_string(i % 7);
      EXPECT_TRUE(testing::put(objects(), "b", key, key + "\n" + testing::content_of(i % 20)));
      if (i % 5 == 0) EXPECT_TRUE(objects().remove("b", "replaced-" + std::to_string((i + 3) % 7)));
      ++written;
    }
  });
  while (written < 20) std::this_thread::yield();
  for (int round = 0; round < 4; ++round) {
    const fs::path to = target().string() + std::to_string(round), back = restored().string() + std::to_string(round);
    const auto made = back_up(to);
    EXPECT_TRUE(made) << made.error().message;
    if (!made) break;
    EXPECT_TRUE(made->missing.empty());
    EXPECT_TRUE(restore_backup(to, back));
    expect_whole(back);
    const auto store = open(back);
    const auto listed = store->objects().list({.bucket = "b", .prefix = "replaced-"});
    EXPECT_TRUE(listed);
    for (const ObjectInfo& object : listed->objects) {
      const auto content = testing::get(store->objects(), "b", object.key);
      EXPECT_TRUE(content) << content.error().message;
      if (content) EXPECT_TRUE(content->starts_with(object.key + "\n"));
    }
  }
  stop = true;
  writer.join();
  // What was held back is gone in the end.
  const auto listed = objects().list({.bucket = "b", .prefix = "replaced-"});
  ASSERT_TRUE(listed);
  testing::expect_files(directory_.path() / "objects", testing::kObjects - testing::kCold + 1 + listed->objects.size());
}

TEST_F(BackupTest, WhatIsHeldStaysUntilTheHoldEnds) {
  auto hold = hold_files(directory_.path());
  ASSERT_TRUE(hold);
  EXPECT_EQ(hold_files(directory_.path()).error().code, Code::kUnavailable);
  EXPECT_EQ(back_up(target()).error().code, Code::kUnavailable);
  const std::size_t before = testing::files_below(directory_.path() / "objects").size();
  ASSERT_TRUE(objects().remove("b", "object-1"));
  ASSERT_TRUE(testing::put(objects(), "b", "object-2", "other content"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(testing::files_below(directory_.path() / "objects").size(), before + 1);
  *hold = File();
  testing::expect_files(directory_.path() / "objects", before - 1);
  EXPECT_EQ(*testing::get(objects(), "b", "object-2"), "other content");
}

// An object that is archived under a hold leaves its hot file; restored meanwhile, the copy has the same name.
TEST_F(BackupTest, ACopyInThePlaceOfAHeldFileStays) {
  // A customer's object is not compressed, so that its file keeps its name.
  auto hold = hold_files(directory_.path());
  ASSERT_TRUE(hold);
  const auto info = objects().head("b", "given");
  ASSERT_TRUE(info);
  ASSERT_TRUE(objects().set_storage_class("b", "given", info->sequencer, "GLACIER"));
  ASSERT_TRUE(objects().restore("b", "given", testing::kFarAway));
  ASSERT_TRUE(objects().work_on_archive([] { return false; }));
  *hold = File();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_TRUE(objects().open("b", "given", &customer_));
}

TEST_F(BackupTest, ARotationLeavesTheBackupsFilesAlone) {
  ASSERT_TRUE(back_up(target()));
  store_.reset();
  ASSERT_TRUE(rotate_master_key({.directory = directory_.path()}, nullptr));
  const auto whole = check_backup(target(), [](const std::string& problem) { ADD_FAILURE() << problem; });
  ASSERT_TRUE(whole);
  ASSERT_TRUE(restore_backup(target(), restored()));
  expect_whole(restored());
  expect_whole(directory_.path());
}

TEST_F(BackupTest, NoRotationWhileABackupIsMade) {
  store_.reset();
  const auto hold = hold_files(directory_.path());
  const auto refused = rotate_master_key({.directory = directory_.path()}, nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
}

TEST_F(BackupTest, RefusesTargetsAndSourcesThatAreNone) {
  ASSERT_TRUE(back_up(target()));
  EXPECT_EQ(back_up(target()).error().code, Code::kAlreadyExists);
  EXPECT_EQ(back_up(directory_.path() / "objects" / "backup").error().code, Code::kInvalidArgument);
  EXPECT_EQ(make_backup({.directory = elsewhere_.path() / "none", .target = restored()}).error().code, Code::kNotFound);
  EXPECT_FALSE(back_up(elsewhere_.path() / "no" / "such" / "folder"));
  EXPECT_EQ(restore_backup(directory_.path(), restored()).error().code, Code::kNotFound);
  EXPECT_EQ(restore_backup(target(), directory_.path()).error().code, Code::kAlreadyExists);
  fs::create_directory(elsewhere_.path() / "backup-2.partial");
  EXPECT_EQ(back_up(elsewhere_.path() / "backup-2").error().code, Code::kAlreadyExists);
  // An empty folder will do.
  fs::create_directory(restored());
  EXPECT_TRUE(restore_backup(target(), restored()));
}

TEST_F(BackupTest, EveryDamagedFileOfABackupIsFoundAndNothingIsRestored) {
  ASSERT_TRUE(back_up(target()));
  for (const auto& path : testing::files_below(target())) {
    const fs::path away = elsewhere_.path() / "away";
    fs::copy_file(path, away);  // a copy: objects' files are the data directory's too
    if (fs::file_size(path) > 0) {
      fs::remove(path);
      fs::copy_file(away, path);
      std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(static_cast<std::streamoff>(fs::file_size(path) / 2));
      file.put('\x01').put('\x02').put('\x03');
      file.close();
      EXPECT_EQ(restore_backup(target(), restored()).error().code, Code::kCorrupt) << path;
    }
    fs::remove(path);
    EXPECT_FALSE(restore_backup(target(), restored())) << path;
    EXPECT_FALSE(fs::exists(restored()));
    fs::rename(away, path);
  }
  EXPECT_TRUE(restore_backup(target(), restored()));
}

TEST_F(BackupTest, WhatIsMissingIsSaidAndTheRestIsBackedUp) {
  const auto some = testing::files_below(directory_.path() / "objects").at(0);
  fs::remove(some);
  const auto made = back_up(target());
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->missing, std::vector<std::string>{some.string()});
}

TEST_F(BackupTest, ADamagedDatabaseIsNotBackedUp) {
  store_.reset();
  const auto database = directory_.path() / kDatabaseFile;
  {
    std::fstream file(database, std::ios::binary | std::ios::in | std::ios::out);
    for (std::streamoff at = 4096; at < 20 * 4096; at += 64) {
      file.seekp(at);
      file.put('\x77');
    }
  }
  const auto refused = back_up(target());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kCorrupt) << refused.error().message;
  EXPECT_FALSE(fs::exists(target()));
  EXPECT_FALSE(fs::exists(target().string() + ".partial"));
}

// Metrics have a database of their own. Where it is damaged the pictures are backed up without it.
TEST_F(BackupTest, MetricsComeAlongWhereTheyAreWhole) {
  const auto metrics = directory_.path() / kMetricsFile;
  const auto prepare = [](Connection& connection) { return connection.execute("CREATE TABLE IF NOT EXISTS points(time INTEGER PRIMARY KEY, text TEXT)"); };
  {
    const auto database = Database::open(metrics, +prepare);
    ASSERT_TRUE(database) << database.error().message;
    ASSERT_TRUE((*database)->run([](Connection& connection) {
      return connection.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO points SELECT i, printf('%.100c', 'x') FROM n");
    }));
    ASSERT_TRUE(back_up(target()));
  }
  ASSERT_TRUE(restore_backup(target(), restored()));
  expect_whole(restored());
  {
    const auto copy = Connection::open_read_only(restored() / kMetricsFile, 1024);
    ASSERT_TRUE(copy) << copy.error().message;
    auto count = (*copy)->prepare("SELECT count(*) FROM points");
    ASSERT_TRUE(count && *count->step());
    EXPECT_EQ(count->integer(0), 500);
  }

  std::fstream file(metrics, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(5 * 4096 + 100);
  file.put('\x77');
  file.close();
  const auto without = back_up(elsewhere_.path() / "without");
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_EQ(without->missing, std::vector<std::string>{metrics.string()});
  EXPECT_FALSE(fs::exists(elsewhere_.path() / "without" / kMetricsFile));
  store_.reset();
  std::set<std::string> damaged;
  ASSERT_TRUE(check_store({.directory = directory_.path()}, {.found = [&](const Finding& finding) { damaged.insert(finding.kind + " " + finding.place); }}));
  EXPECT_EQ(damaged, std::set<std::string>{"database " + metrics.string()});
}

// Whatever kill -9 leaves of a backup or a restore is not taken for one.
TEST_F(BackupTest, KilledAtAnyMoment) {
  store_.reset();
  constexpr int kRounds = 16, kMostRounds = 100;
  // Spread over a little more than the work takes here; where the machine is busier by then, over more and more.
  const auto after = [](int round, std::chrono::steady_clock::duration whole) {
    return std::chrono::duration_cast<std::chrono::microseconds>(whole) * (round + 1) * 3 / (2 * kRounds);
  };
  auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(back_up(target()));
  auto whole = std::chrono::steady_clock::now() - begun;
  int backups = 0, restores = 0, cut = 0;
  for (int round = 0; round < kRounds || (backups == 0 && round < kMostRounds); ++round) {
    const fs::path to = target().string() + std::to_string(round);
    killed_after(after(round, whole), [&](int) {
      if (!back_up(to)) ::_exit(1);
      ::pause();
    });
    cut += fs::exists(to.string() + ".partial");
    if (!fs::exists(to)) continue;
    ++backups;
    const auto checked = check_backup(to, [](const std::string& problem) { ADD_FAILURE() << problem; });
    EXPECT_TRUE(checked) << checked.error().message;
  }
  EXPECT_GT(cut, 0);
  begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(restore_backup(target(), restored()));
  whole = std::chrono::steady_clock::now() - begun;
  for (int round = 0; round < kRounds || (restores == 0 && round < kMostRounds); ++round) {
    fs::remove_all(restored());
    killed_after(after(round, whole), [&](int) {
      if (!restore_backup(target(), restored())) ::_exit(1);
      ::pause();
    });
    if (fs::exists(restored() / kRestorePartial)) {
      const auto refused = EmbeddedStore::open({.directory = restored()});
      EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
    } else if (fs::exists(restored() / kDatabaseFile)) {
      ++restores;
      expect_whole(restored());
    }
  }
  EXPECT_GT(backups, 0);
  EXPECT_GT(restores, 0);
}

}  // namespace
}  // namespace eyrie::store
