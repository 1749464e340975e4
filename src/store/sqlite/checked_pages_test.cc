// A flipped bit anywhere in the file is found when its page is read; what was made without sums gets them.
#include "store/sqlite/checked_pages.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <sstream>

#include "base/testing.h"
#include "store/sqlite/database.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {
namespace {

class CheckedPagesTest : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return directory_.path() / "eyrie.db"; }
  // 60 buckets whose names and rules lie in clear, closed so that all is in the file.
  void make() {
    const auto database = Database::open(file());
    ASSERT_TRUE(database) << database.error().message;
    ASSERT_TRUE((*database)->run([](Connection& connection) {
      return connection.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
                                " INSERT INTO buckets(name, created_ms, rules) SELECT 'bucket-' || i, i, printf('%.*c', 900, 'r') FROM n");
    }));
  }
  static Result<std::string> all_of(const std::filesystem::path& path) {
    EYRIE_TRY(const auto connection, Connection::open_read_only(path, 64));
    std::string text;
    for (const char* sql : {"PRAGMA integrity_check", "SELECT name || created_ms || rules FROM buckets", "SELECT name || created_ms FROM buckets ORDER BY name", "SELECT sql FROM sqlite_master"}) {
      EYRIE_TRY(Statement statement, connection->prepare(sql));
      while (true) {
        EYRIE_TRY(const bool row, statement.step());
        if (!row) break;
        text += statement.text(0) + "\n";
      }
    }
    if (!text.starts_with("ok\n")) return fail(Code::kCorrupt, text.substr(0, 200));
    return text;
  }
  void flip(std::uint64_t at, int bit = 0) {
    std::fstream stream(file(), std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(static_cast<std::streamoff>(at));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ 1 << bit));
  }

  TemporaryDirectory directory_;
};

TEST_F(CheckedPagesTest, ANewDatabaseHasSums) {
  EXPECT_EQ(*page_sums_of(file()), PageSums::kNone);
  make();
  EXPECT_EQ(*page_sums_of(file()), PageSums::kThere);
  const auto all = all_of(file());
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_TRUE(all->contains("bucket-60"));
  // Nobody else is kept out.
  sqlite3* plain = nullptr;
  ASSERT_EQ(sqlite3_open_v2(file().c_str(), &plain, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(plain, "SELECT * FROM buckets", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(plain);
}

TEST_F(CheckedPagesTest, EveryFlippedBitOfTheFirstPageIsFound) {
  make();
  for (std::uint64_t at = 0; at < 4096; at += at < 128 ? 1 : 61) {
    for (int bit = 0; bit < 8; ++bit) {
      flip(at, bit);
      EXPECT_FALSE(page_sums_of(file())) << at << " bit " << bit;
      if (bit == 3) EXPECT_FALSE(Database::open(file())) << at;
      flip(at, bit);
    }
  }
  EXPECT_TRUE(Database::open(file()));
}

TEST_F(CheckedPagesTest, EveryFlippedBitOfAPageThatIsReadIsFound) {
  make();
  const auto whole = all_of(file());
  ASSERT_TRUE(whole);
  const auto size = std::filesystem::file_size(file());
  std::size_t found = 0, tried = 0;
  for (std::uint64_t at = 100; at < size; at += 997) {
    flip(at, static_cast<int>(at % 8));
    const auto read = all_of(file());
    if (!read) ++found;
    if (read) EXPECT_EQ(*read, *whole) << at << ": read as whole, and is something else";
    ++tried;
    flip(at, static_cast<int>(at % 8));
  }
  EXPECT_GT(found, tried / 2);
  EXPECT_EQ(all_of(file()).value_or(""), *whole);
}

TEST_F(CheckedPagesTest, TwoPagesInEachOthersPlace) {
  make();
  std::fstream stream(file(), std::ios::binary | std::ios::in | std::ios::out);
  std::string one(4096, '\0'), other(4096, '\0');
  const auto last = static_cast<std::streamoff>(std::filesystem::file_size(file()) - 4096);
  stream.seekg(last - 4096).read(one.data(), 4096).read(other.data(), 4096);
  stream.seekp(last - 4096).write(other.data(), 4096).write(one.data(), 4096);
  stream.close();
  EXPECT_FALSE(all_of(file()));
}

TEST_F(CheckedPagesTest, CopiesHaveSumsWhateverTheirSize) {
  make();
  {
    const auto database = Database::open(file());
    ASSERT_TRUE(database);
    // More than what SQLite keeps in memory, so that pages are written before the copy is done.
    ASSERT_TRUE((*database)->run([](Connection& connection) {
      return connection.execute("CREATE TABLE large(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO large SELECT randomblob(3000) FROM n");
    }));
    const auto reader = Connection::open_read_only(file(), 64);
    ASSERT_TRUE(reader);
    ASSERT_TRUE((*reader)->execute("SELECT COUNT(*) FROM large"));
    const Status copied = (*reader)->copy_to(directory_.path() / "copy.db");
    ASSERT_TRUE(copied) << copied.error().message;
  }
  EXPECT_EQ(*page_sums_of(directory_.path() / "copy.db"), PageSums::kThere);
  const auto copy = all_of(directory_.path() / "copy.db");
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_EQ(*copy, all_of(file()).value_or(""));
}

TEST_F(CheckedPagesTest, ADatabaseOfBeforeGetsSums) {
  make();
  // The same as SQLite alone writes it.
  const auto old = directory_.path() / "plain.db";
  {
    sqlite3* plain = nullptr;
    ASSERT_EQ(sqlite3_open(old.c_str(), &plain), SQLITE_OK);
    const std::string sql = "ATTACH '" + file().string() + "' AS made";
    ASSERT_EQ(sqlite3_exec(plain, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    std::vector<std::string> statements;
    const auto collect = [](void* into, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(into)->emplace_back(values[0]);
      return 0;
    };
    ASSERT_EQ(sqlite3_exec(plain, "SELECT sql FROM made.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name", collect, &statements, nullptr), SQLITE_OK);
    for (const std::string& statement : statements) ASSERT_EQ(sqlite3_exec(plain, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << statement;
    const std::string rows = "INSERT INTO buckets SELECT * FROM made.buckets; PRAGMA user_version = " + std::to_string(kSchemaVersion) + "; PRAGMA journal_mode = WAL";
    ASSERT_EQ(sqlite3_exec(plain, rows.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(plain);
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file().string() + suffix);
  std::filesystem::rename(old, file());
  ASSERT_EQ(*page_sums_of(file()), PageSums::kOfBefore);
  { EXPECT_TRUE(Database::open(file())); }
  EXPECT_EQ(*page_sums_of(file()), PageSums::kThere);
  const auto after = all_of(file());
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_TRUE(after->contains("bucket-60"));
  flip(4096 * 3 + 50);
  EXPECT_FALSE(all_of(file()));
}

}  // namespace
}  // namespace eyrie::store
