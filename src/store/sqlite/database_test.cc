#include "store/sqlite/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <latch>
#include <stdexcept>

#include "base/ids.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/testing.h"

namespace eyrie::store {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(directory_);
    open();
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    auto opened = Database::open(file_);
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = std::move(*opened);
  }
  Status set(const std::string& name, const std::string& value) {
    return database_->run([&](Connection& connection) { return insert(connection, name, value); });
  }
  static Status insert(Connection& connection, const std::string& name, const std::string& value) {
    EYRIE_TRY(Statement statement,
              connection.prepare("INSERT OR REPLACE INTO settings(name, value) VALUES(?, ?)"));
    return statement.bind(1, name).bind(2, value).run();
  }
  std::string value_of(const std::string& name) {
    auto reader = database_->reader();
    auto statement = (*reader)->prepare("SELECT value FROM settings WHERE name = ?");
    return *statement->bind(1, name).step() ? statement->text(0) : "absent";
  }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("eyrie-database-" + uuid_v4());
  const std::filesystem::path file_ = directory_ / "eyrie.db";
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, OthersMayNotReadTheFiles) {
  ASSERT_TRUE(set("a", "1"));
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
  }
}

TEST_F(DatabaseTest, AFailedJobLeavesNoTraceAndHarmsNoOther) {
  // The first job holds the writer while the others gather behind it, so that they share one transaction.
  std::latch holding(1), release(1);
  std::thread first([&] {
    (void)database_->run([&](Connection&) -> Status {
      holding.count_down();
      release.wait();
      return {};
    });
  });
  holding.wait();
  std::vector<std::thread> others;
  std::atomic<int> succeeded = 0, failed = 0;
  for (int i = 0; i < 20; ++i) {
    others.emplace_back([&, i] {
      const Status outcome = database_->run([&](Connection& connection) -> Status {
        EYRIE_CHECK_OK(insert(connection, "job" + std::to_string(i), "done"));
        if (i % 4 == 1) return fail(Code::kFailedPrecondition, "no");
        if (i % 4 == 3) throw std::runtime_error("thrown");
        return {};
      });
      ++(outcome ? succeeded : failed);
      if (i % 4 == 1) EXPECT_EQ(outcome.error().code, Code::kFailedPrecondition);
      if (i % 4 == 3) EXPECT_EQ(outcome.error().code, Code::kInternal);
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  release.count_down();
  first.join();
  for (std::thread& thread : others) thread.join();
  EXPECT_EQ(succeeded, 10);
  EXPECT_EQ(failed, 10);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(value_of("job" + std::to_string(i)), i % 2 == 0 ? "done" : "absent") << i;
}

TEST_F(DatabaseTest, AFullDiskFailsTheWholeGroupAndHealsAfterwards) {
  ASSERT_TRUE(set("before", "1"));
  ASSERT_TRUE(database_->run([](Connection& connection) -> Status {
    return insert(connection, "room", std::string(3 << 20, 'r'));
  }));
  // SQLite answers SQLITE_FULL beyond this many pages and rolls the transaction back by itself.
  auto limit = [&](const char* pragma) {
    ASSERT_TRUE(database_->run([&](Connection& connection) { return connection.execute(pragma); }));
  };
  limit("PRAGMA max_page_count = 800");
  std::latch holding(1), release(1);
  std::thread first([&] {
    (void)database_->run([&](Connection&) -> Status {
      holding.count_down();
      release.wait();
      return {};
    });
  });
  holding.wait();
  std::vector<std::thread> others;
  std::vector<Status> outcomes(9);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    others.emplace_back([&, i] {
      const std::string value(i == 4 ? 8 << 20 : 10, 'v');
      outcomes[i] = set("full" + std::to_string(i), value);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  release.count_down();
  first.join();
  for (std::thread& thread : others) thread.join();
  ASSERT_FALSE(outcomes[4]);
  EXPECT_EQ(outcomes[4].error().code, Code::kUnavailable) << outcomes[4].error().message;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(value_of("full" + std::to_string(i)) != "absent", outcomes[i].has_value())
        << i << ": what was answered and what is there must agree";
  }
  limit("PRAGMA max_page_count = 1000000");
  EXPECT_TRUE(set("after", "1"));
  EXPECT_EQ(value_of("before"), "1");
  EXPECT_EQ(value_of("after"), "1");
}

TEST_F(DatabaseTest, ANewerFormatIsRefusedAndLeftAlone) {
  ASSERT_TRUE(
      database_->run([](Connection& connection) { return connection.execute("PRAGMA user_version = 99"); }));
  database_.reset();
  const auto refused = Database::open(file_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_NE(refused.error().message.find("99"), std::string::npos) << refused.error().message;
}

// As the first release left it: without what came later, and with somebody's data.
TEST_F(DatabaseTest, AnOlderFormatIsBroughtForward) {
  ASSERT_TRUE(set("kept", "1"));
  ASSERT_TRUE(database_->run([](Connection& connection) {
    const std::string sql = testing::without_formats_after(7) +
        "INSERT INTO buckets(name, created_ms) VALUES('images', 5);"
        "DROP TABLE collections; DROP TABLE dropped_collections; DROP TABLE faces; DROP TABLE users;"
        "DROP TABLE user_vectors; DROP TABLE request_tokens; DROP TABLE clear_faces; DROP TABLE clear_users; DROP TABLE clear_request_tokens;"
        " DROP TABLE bucket_settings; DROP TABLE restored_copies; DROP TABLE cold_moves;"
        "DROP TABLE records; ALTER TABLE objects DROP COLUMN parts; ALTER TABLE tables DROP COLUMN data_key; PRAGMA user_version = 1";
    return connection.execute(sql.c_str());
  }));
  for (int round = 0; round < 2; ++round) {
    database_.reset();
    open();
    EXPECT_EQ(value_of("kept"), "1");
    ASSERT_TRUE(database_->run([](Connection& connection) -> Status {
      EYRIE_TRY(Statement version, connection.prepare("PRAGMA user_version"));
      EYRIE_TRY(const bool row, version.step());
      EXPECT_TRUE(row);
      EXPECT_EQ(version.integer(0), kSchemaVersion);
      return connection.execute(
          "INSERT INTO users(collection, name, sealed_name) VALUES(1, randomblob(8), x'');"
          "INSERT INTO bucket_settings(bucket, name, value) VALUES('images', hex(randomblob(8)), '');"
          "SELECT parts FROM objects");
    }));
  }
}

TEST_F(DatabaseTest, WhatIsNoDatabaseIsRefused) {
  database_.reset();
  std::filesystem::resize_file(file_, 0);
  {
    std::FILE* file = std::fopen(file_.c_str(), "w");
    std::fputs(std::string(8192, 'x').c_str(), file);
    std::fclose(file);
  }
  EXPECT_EQ(Database::open(file_).error().code, Code::kCorrupt);
}

TEST_F(DatabaseTest, ClosingRunsWhatIsQueued) {
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (set("closing" + std::to_string(i), "1")) ++done;
    });
  }
  for (std::thread& thread : threads) thread.join();
  database_.reset();
  open();
  EXPECT_EQ(done, 8);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(value_of("closing" + std::to_string(i)), "1");
}

TEST_F(DatabaseTest, SyncsEachCommit) {
  ASSERT_TRUE(database_->run([](Connection& connection) -> Status {
    EYRIE_TRY(Statement mode, connection.prepare("PRAGMA synchronous"));
    EYRIE_TRY(const bool row, mode.step());
    EXPECT_TRUE(row);
    EXPECT_EQ(mode.integer(0), 2) << "FULL";
    EYRIE_TRY(Statement journal, connection.prepare("PRAGMA journal_mode"));
    EYRIE_TRY(const bool second, journal.step());
    EXPECT_TRUE(second);
    EXPECT_EQ(journal.text(0), "wal");
    return {};
  }));
}

}  // namespace
}  // namespace eyrie::store
