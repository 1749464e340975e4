// What holds of every condition, whatever is asked: how the operators with "Not", "IfExists", "ForAnyValue:", "ForAllValues:" and Null follow from the
// plain ones, as the IAM user guide tells them ("Condition operators", "Multivalued context keys"). Over random requests and conditions.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "iam/policy/condition.h"

namespace eyrie::iam {
namespace {

constexpr const char* kKey = "kms:EncryptionContextKeys";  // one that a request may have several values of
constexpr int kRounds = 1000;

struct Pair {
  const char* plain;
  const char* negated;  // "": there is none
  std::vector<std::string> values;  // of its kind; patterns are values too
};
const std::vector<Pair> kPairs = {
    {"StringEquals", "StringNotEquals", {"a", "A", "b", "ab", "*", "a*"}},
    {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", {"a", "A", "b", "AB", "ab"}},
    {"StringLike", "StringNotLike", {"a", "b", "ab", "a*", "?", "*b"}},
    {"ArnLike", "ArnNotLike", {"arn:aws:s3:::b", "arn:aws:s3:::*", "arn:aws:s3:::b/k", "arn:aws:iam::000000000000:user/ann"}},
    {"NumericEquals", "NumericNotEquals", {"1", "1.0", "2", "-3"}},
    {"NumericLessThan", "NumericGreaterThanEquals", {"1", "2", "3", "-3"}},
    {"DateEquals", "DateNotEquals", {"2026-11-28", "2026-11-28T00:00:00Z", "2026-11-29"}},
    {"Bool", "", {"true", "false"}},
    {"IpAddress", "NotIpAddress", {"10.0.0.1", "10.0.0.0/8", "192.168.1.1", "::1"}},
};

class ConditionProperties : public ::testing::Test {
 protected:
  std::vector<std::string> some(const std::vector<std::string>& of, std::size_t least, std::size_t most) {
    std::vector<std::string> chosen;
    for (std::size_t count = least + random_() % (most - least + 1); count > 0; --count) chosen.push_back(of[random_() % of.size()]);
    return chosen;
  }
  static bool holds(const std::string& op, const std::vector<std::string>& wanted, const std::vector<std::string>& told) {
    ConditionValues request;
    for (const std::string& value : told) request.add(kKey, value);
    json::array values;
    for (const std::string& value : wanted) values.emplace_back(value);
    const auto condition = Condition::parse(op, kKey, values, true);
    EXPECT_TRUE(condition) << op;
    const Match match = condition ? condition->judge(request) : Match::kUnknown;
    EXPECT_NE(match, Match::kUnknown) << op;
    return match == Match::kYes;
  }
  static std::string shown(const std::string& op, const std::vector<std::string>& wanted, const std::vector<std::string>& told) {
    std::string text = op + " [";
    for (const std::string& value : wanted) text += " " + value;
    text += " ] of [";
    for (const std::string& value : told) text += " " + value;
    return text + " ]";
  }

  std::mt19937 random_{20261128};
};

TEST_F(ConditionProperties, HowTheOthersFollowFromThePlainOnes) {
  for (int round = 0; round < kRounds; ++round) {
    const Pair& pair = kPairs[random_() % kPairs.size()];
    const std::string op = pair.plain;
    const auto wanted = some(pair.values, 1, 3), told = some(pair.values, 0, 3);
    const std::string what = shown(op, wanted, told);
    const auto one = [&](const std::string& value) { return holds(op, wanted, {value}); };
    const bool any = std::ranges::any_of(told, one), all = std::ranges::all_of(told, one);

    EXPECT_EQ(holds(op, wanted, told), any) << what;
    EXPECT_EQ(holds("ForAnyValue:" + op, wanted, told), any) << what;
    EXPECT_EQ(holds("ForAllValues:" + op, wanted, told), all) << what;  // of none: yes
    EXPECT_EQ(holds(op + "IfExists", wanted, told), told.empty() || any) << what;
    EXPECT_EQ(holds("ForAnyValue:" + op + "IfExists", wanted, told), told.empty() || any) << what;
    EXPECT_EQ(holds("ForAllValues:" + op + "IfExists", wanted, told), all) << what;
    EXPECT_EQ(holds("Null", {"true"}, told), told.empty()) << what;
    EXPECT_EQ(holds("Null", {"false"}, told), !told.empty()) << what;
    EXPECT_TRUE(holds("Null", {"true", "false"}, told)) << what;
    // More that may fit never makes it fit less; order says nothing.
    auto more = wanted, turned = told;
    more.push_back(pair.values[random_() % pair.values.size()]);
    std::ranges::reverse(turned);
    EXPECT_TRUE(!holds(op, wanted, told) || holds(op, more, told)) << what;
    EXPECT_EQ(holds(op, wanted, turned), any) << what;
    EXPECT_EQ(any, std::ranges::any_of(wanted, [&](const std::string& value) { return holds(op, {value}, told); })) << what;
  }
}

TEST_F(ConditionProperties, WithNot) {
  for (int round = 0; round < kRounds; ++round) {
    const Pair& pair = kPairs[random_() % kPairs.size()];
    const std::string op = pair.plain, negated = pair.negated;
    if (!negated.contains("Not")) continue;
    const auto wanted = some(pair.values, 1, 3), told = some(pair.values, 0, 3);
    const std::string what = shown(negated, wanted, told);
    const auto none = [&](const std::string& value) { return !holds(op, wanted, {value}); };

    // None may fit; of a key that is not there it holds.
    EXPECT_EQ(holds(negated, wanted, told), !holds(op, wanted, told)) << what;
    EXPECT_EQ(holds(negated + "IfExists", wanted, told), holds(negated, wanted, told)) << what;
    EXPECT_EQ(holds("ForAllValues:" + negated, wanted, told), std::ranges::all_of(told, none)) << what;
    EXPECT_EQ(holds("ForAnyValue:" + negated, wanted, told), std::ranges::any_of(told, none)) << what;  // of none: no
  }
}

TEST_F(ConditionProperties, EmptyValuesAreNoneToQuantifiers) {
  for (const Pair& pair : kPairs) {
    for (const std::string op : {pair.plain, pair.negated}) {
      if (op.empty()) continue;
      EXPECT_TRUE(holds("ForAllValues:" + op, pair.values, {""})) << op;
      EXPECT_FALSE(holds("ForAnyValue:" + op, pair.values, {""})) << op;
      EXPECT_FALSE(holds("ForAnyValue:" + op + "IfExists", pair.values, {"", ""})) << op;
    }
  }
  EXPECT_TRUE(holds("Null", {"false"}, {""}));  // the key is there
}

// A key that Eyrie does not tell is unknown to every operator, so that no Allow rests on it.
TEST_F(ConditionProperties, WhatIsNotToldIsUnknown) {
  for (const Pair& pair : kPairs) {
    for (const std::string before : {"", "ForAnyValue:", "ForAllValues:"}) {
      for (const std::string after : {"", "IfExists"}) {
        const auto condition = Condition::parse(before + pair.plain + after, "aws:PrincipalTag/team", json::value(pair.values.front()), true);
        ASSERT_TRUE(condition);
        EXPECT_EQ(condition->judge({}), Match::kUnknown) << before << pair.plain << after;
      }
    }
  }
}

}  // namespace
}  // namespace eyrie::iam
