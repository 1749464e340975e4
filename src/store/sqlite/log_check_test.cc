// The log as SQLite writes it: whole, cut off at each byte, and with a flipped bit anywhere in what was committed.
#include "store/sqlite/log_check.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/testing.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kFrameBytes = 24 + 4096;

std::string bytes_of(const std::filesystem::path& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

// The files of a database that lies as kill -9 would leave it, with three transactions in its log.
class LogCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto file = directory_.path() / "live.db";
    const auto connection = Connection::open(file, 1024);
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->execute("CREATE TABLE t(a)"));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*connection)->execute("INSERT INTO t VALUES(randomblob(700))"));
    log_ = bytes_of(file.string() + "-wal");
    index_ = bytes_of(file.string() + "-shm");
    write_file(copy(), bytes_of(file));
    ASSERT_GT(log_.size(), 4000U);
  }
  std::filesystem::path copy() const { return directory_.path() / "copy.db"; }
  LogCheck check(const std::string& log, const std::string& index) {
    write_file(copy().string() + "-wal", log);
    write_file(copy().string() + "-shm", index);
    const auto checked = check_log(copy());
    EXPECT_TRUE(checked) << checked.error().message;
    return checked.value_or(LogCheck{});
  }
  // As SQLite counts them: rows that are there after it has read the log.
  std::int64_t rows_found(const std::string& log) {
    write_file(copy().string() + "-wal", log);
    std::filesystem::remove(copy().string() + "-shm");
    const auto connection = Connection::open_read_only(copy(), 1024);
    if (!connection) return -1;
    auto statement = (*connection)->prepare("SELECT COUNT(*) FROM t");
    if (!statement) return -1;
    const auto row = statement->step();
    return row && *row ? statement->integer(0) : -1;
  }

  TemporaryDirectory directory_;
  std::string log_, index_;
};

TEST_F(LogCheckTest, NoLogIsWhole) {
  const auto checked = check_log(directory_.path() / "none.db");
  ASSERT_TRUE(checked);
  EXPECT_FALSE(checked->damaged);
  EXPECT_EQ(checked->whole_frames, 0U);
}

TEST_F(LogCheckTest, AWholeLogIsWholeWithAndWithoutItsIndex) {
  EXPECT_FALSE(check(log_, index_).damaged);
  const LogCheck without = check(log_, "");
  EXPECT_FALSE(without.damaged);
  EXPECT_EQ(without.whole_frames, (log_.size() - 32) / kFrameBytes);
  EXPECT_EQ(rows_found(log_), 3);
}

TEST_F(LogCheckTest, EveryFlippedBitOfACommittedFrameIsFound) {
  for (std::size_t at = 0; at < log_.size(); at += at < 200 ? 1 : 37) {
    std::string flipped = log_;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    EXPECT_TRUE(check(flipped, index_).damaged) << at;
  }
}

// After a power cut there may be no index. The last transaction may be half written then; those before it are synced.
TEST_F(LogCheckTest, WithoutAnIndexAllButTheLastTransactionIs) {
  std::size_t found = 0;
  for (std::size_t at = 32; at < log_.size(); at += 101) {
    std::string flipped = log_;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    const std::int64_t rows = rows_found(flipped);
    const LogCheck checked = check(flipped, "");
    if (rows < 2) EXPECT_TRUE(checked.damaged) << at << ": " << rows << " rows of three";
    found += checked.damaged;
  }
  EXPECT_GT(found, 10U);
}

TEST_F(LogCheckTest, ALogThatIsCutOffIsWholeWithoutAnIndexAndDamagedWithIt) {
  for (std::size_t size = log_.size() - 1; size > 300; size -= 211) {
    EXPECT_FALSE(check(log_.substr(0, size), "").damaged) << size;
    EXPECT_TRUE(check(log_.substr(0, size), index_).damaged) << size;
  }
}

TEST_F(LogCheckTest, WhatIsWrittenBehindTheLastCommitIsNotMissed) {
  const std::string unfinished = log_ + log_.substr(log_.size() - kFrameBytes);
  EXPECT_FALSE(check(unfinished, index_).damaged);
}

TEST_F(LogCheckTest, ADamagedIndexSaysNothing) {
  for (std::size_t at = 0; at < 96; ++at) {
    std::string flipped = index_;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    EXPECT_FALSE(check(log_, flipped).damaged) << at;
  }
}

}  // namespace
}  // namespace eyrie::store
