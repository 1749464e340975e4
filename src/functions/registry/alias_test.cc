#include "functions/registry/alias.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace eyrie::functions {
namespace {

constexpr std::int64_t kDeployedMs = 1'700'000'000'000;
constexpr std::int64_t kMinuteMs = 60'000;

class AliasTest : public ::testing::Test {
 protected:
  AliasTest() {
    for (const char* number : {"1", "2", "3"}) function_.versions[number[0] - '0'].version = number;
    function_.next_version = 4;
    function_.latest.code.file = "f";  // what a whole record has
    alias() = {.name = "live", .version = "1", .revision_id = "first"};
  }
  FunctionAlias& alias() { return function_.aliases["live"]; }
  // As UpdateAlias does it.
  void set(const std::string& version, std::map<std::string, double> weights, std::int64_t now_ms = kDeployedMs) {
    FunctionAlias after = alias();
    after.version = version;
    after.weights = std::move(weights);
    note_alias_change(alias(), after, now_ms);
    alias() = std::move(after);
  }
  Status roll(std::int64_t now_ms = kDeployedMs + kMinuteMs, const std::string& cause = "a notice") { return roll_alias_back(function_, "live", cause, now_ms); }
  void expect_refused(std::string_view why, std::int64_t now_ms = kDeployedMs + kMinuteMs, const std::string& cause = "a notice") {
    const FunctionAlias before = alias();
    const Status rolled = roll(now_ms, cause);
    ASSERT_FALSE(rolled);
    EXPECT_EQ(rolled.error().code, Code::kNotFound);
    EXPECT_TRUE(rolled.error().message.contains(why)) << rolled.error().message;
    EXPECT_EQ(alias().version, before.version);
    EXPECT_EQ(alias().weights, before.weights);
    EXPECT_EQ(alias().revision_id, before.revision_id);
  }
  void expect_on(const std::string& version) {
    EXPECT_EQ(alias().version, version);
    EXPECT_TRUE(alias().weights.empty());
  }
  // As it is after a restart.
  void keep() {
    const auto parsed = parse_json(write_record(function_));
    ASSERT_TRUE(parsed);
    auto read = read_record("f", parsed->as_object());
    ASSERT_TRUE(read) << read.error().message;
    function_ = std::move(*read);
  }

  FunctionRecord function_{.name = "f"};
};

TEST_F(AliasTest, AShiftUnderWayGoesBack) {
  set("1", {{"2", 0.1}});
  ASSERT_TRUE(roll());
  expect_on("1");
  EXPECT_NE(alias().revision_id, "first");
  set("1", {{"2", 1.0}});
  ASSERT_TRUE(roll(kDeployedMs + 100 * kRollbackMs, "another"));
  expect_on("1");
}

TEST_F(AliasTest, ADeploymentThatIsWholeGoesBack) {
  set("1", {{"2", 0.1}});
  set("2", {});
  keep();
  ASSERT_TRUE(roll());
  expect_on("1");
  // So does one at once.
  set("3", {});
  ASSERT_TRUE(roll(kDeployedMs + kRollbackMs, "another"));
  expect_on("1");
}

TEST_F(AliasTest, AShiftToldTheOtherWayRoundGoesBack) {
  set("2", {{"1", 0.9}});
  set("2", {{"1", 0.1}}, kDeployedMs + 2 * kRollbackMs);
  ASSERT_TRUE(roll(kDeployedMs + 9 * kRollbackMs));
  expect_on("1");
  set("2", {{"1", 0.9}});
  set("2", {}, kDeployedMs + 2 * kRollbackMs);
  ASSERT_TRUE(roll(kDeployedMs + 3 * kRollbackMs, "another"));
  expect_on("1");
}

TEST_F(AliasTest, LaterItStaysAndSaysSo) {
  expect_refused("nothing to go back to");
  set("2", {});
  expect_refused("more than 60 minutes ago", kDeployedMs + kRollbackMs + 1);
  function_.versions.erase(1);
  expect_refused("version 1 is deleted");
  EXPECT_EQ(roll_alias_back(function_, "none", "", kDeployedMs).error().code, Code::kNotFound);
}

TEST_F(AliasTest, ARollbackIsNotRolledBack) {
  set("2", {});
  ASSERT_TRUE(roll());
  expect_on("1");
  expect_refused("nothing to go back to", kDeployedMs + 2 * kMinuteMs, "the next alarm");
  // Nor is one by hand.
  set("2", {});
  set("1", {});
  expect_refused("nothing to go back to", kDeployedMs + kMinuteMs, "another");
  // Nor by more than a step.
  set("2", {});
  set("3", {});
  ASSERT_TRUE(roll(kDeployedMs + kMinuteMs, "a third"));
  expect_on("2");
  expect_refused("nothing to go back to", kDeployedMs + kMinuteMs, "a fourth");
}

TEST_F(AliasTest, OneNoticeRollsBackOnce) {
  set("2", {});
  ASSERT_TRUE(roll());
  keep();
  const std::string revision = alias().revision_id;
  EXPECT_TRUE(roll());  // after a crash
  EXPECT_EQ(alias().revision_id, revision);
  set("2", {});
  EXPECT_TRUE(roll());
  expect_on("2");
}

TEST_F(AliasTest, TheNextDeploymentForgetsTheOneBefore) {
  set("2", {});
  set("2", {{"3", 0.1}});
  set("2", {});  // given up by hand: 2 was trusted
  expect_refused("nothing to go back to");
  set("2", {{"3", 0.0}});
  expect_refused("nothing to go back to");
  // What changes neither version nor weights does not.
  set("3", {});
  set("3", {}, kDeployedMs + 2 * kRollbackMs);
  expect_refused("left version 2", kDeployedMs + 2 * kRollbackMs);
  ASSERT_TRUE(roll());
  expect_on("2");
}

TEST_F(AliasTest, LatestIsNoWayBack) {
  set(kLatest, {});
  ASSERT_TRUE(roll());
  expect_on("1");
  set(kLatest, {});
  set("3", {});
  expect_refused("nothing to go back to", kDeployedMs + kMinuteMs, "another");
}

TEST_F(AliasTest, OlderRecordsParse) {
  const auto parsed = parse_json(R"({"created_ms":1,"next_version":2,"latest":{"version":"$LATEST","code":{"file":"x"}},"versions":[{"version":"1"}],
                                     "aliases":{"live":{"version":"1","description":"","weights":{"2":0.5},"revision_id":"r"}}})");
  ASSERT_TRUE(parsed);
  const auto read = read_record("f", parsed->as_object());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->aliases.at("live").former);
  EXPECT_TRUE(read->aliases.at("live").rolled_back_for.empty());
}

TEST_F(AliasTest, VersionsThatShareHaveOneRoleAndOneQueueOfDeadLetters) {
  const FunctionVersion one{.version = "1", .role = "r", .dead_letter = "q"};
  FunctionVersion other = one;
  other.version = "2";
  other.timeout_s = 9;
  EXPECT_TRUE(check_shared(one, other));
  other.role = "s";
  EXPECT_EQ(check_shared(one, other).error().message, "Specified versions must be associated with the same execution role");
  other.role = "r";
  other.dead_letter = "";
  EXPECT_EQ(check_shared(one, other).error().code, Code::kInvalidArgument);
  EXPECT_TRUE(check_shared(one, other).error().message.contains("dead-letter queue"));
  EXPECT_TRUE(check_shared(other, other));
}

}  // namespace
}  // namespace eyrie::functions
