#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "store/sqlite/database.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

class RecordsTest : public testing::StoreTest {
 protected:
  std::vector<std::string> values(const std::string& kind) {
    const auto found = store_->records().records(kind);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> values;
    for (const Record& record : *found) values.push_back(record.name + "=" + record.value);
    return values;
  }
  Status sql(const char* text) {
    store_.reset();
    const auto database = Database::open(directory_.path() / "eyrie.db");
    EXPECT_TRUE(database);
    const Status done = (*database)->run([&](Connection& connection) { return connection.execute(text); });
    return done;
  }
};

TEST_F(RecordsTest, KeepsWhatWasApplied) {
  ASSERT_TRUE(store_->records().apply({{"a", "two", "2"}, {"a", "one", ""}, {"b", "one", std::string("\0x", 2)}}));
  reopen();
  EXPECT_THAT(values("a"), ::testing::ElementsAre("one=", "two=2"));
  EXPECT_THAT(values("b"), ::testing::ElementsAre(std::string("one=\0x", 6)));
  ASSERT_TRUE(store_->records().apply({{"a", "two", std::nullopt}, {"a", "absent", std::nullopt}, {"a", "one", "new"}}));
  reopen();
  EXPECT_THAT(values("a"), ::testing::ElementsAre("one=new"));
  EXPECT_THAT(values("c"), ::testing::IsEmpty());
}

TEST_F(RecordsTest, NoSecretIsOnDisk) {
  const std::string secret = "a-secret-that-nobody-may-read";
  ASSERT_TRUE(store_->records().apply({{"iam.key", "AKIA", secret}}));
  for (const auto& file : testing::files_below(directory_.path())) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    EXPECT_FALSE(text.str().contains(secret)) << file;
  }
}

TEST_F(RecordsTest, ARecordOpensOnlyInItsPlace) {
  ASSERT_TRUE(store_->records().apply({{"iam.key", "ann", "1"}, {"iam.key", "root", "2"}}));
  ASSERT_TRUE(sql("UPDATE records SET value = (SELECT value FROM records WHERE name = 'ann') WHERE name = 'root'"));
  reopen();
  EXPECT_EQ(store_->records().records("iam.key").error().code, Code::kCorrupt);
  ASSERT_TRUE(sql("DELETE FROM records WHERE name = 'root'; UPDATE records SET kind = 'iam.user'"));
  reopen();
  EXPECT_EQ(store_->records().records("iam.user").error().code, Code::kCorrupt);
  ASSERT_TRUE(sql("UPDATE records SET value = x'00'"));
  reopen();
  EXPECT_EQ(store_->records().records("iam.user").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace eyrie::store
