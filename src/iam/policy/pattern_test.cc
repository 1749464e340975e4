#include "iam/policy/pattern.h"

#include <gtest/gtest.h>

namespace eyrie::iam {
namespace {

Match match(std::string_view pattern, std::string_view text, Pattern::Options options = {},
            const ConditionValues& values = {}) {
  const auto parsed = Pattern::parse(pattern, options);
  EXPECT_TRUE(parsed) << pattern;
  return parsed ? parsed->match(text, values) : Match::kUnknown;
}

TEST(PatternTest, Wildcards) {
  for (const auto& [pattern, text] : {std::pair{"*", ""}, {"*", "a/b:c"}, {"a*", "a"}, {"a*c", "abc"}, {"a*c", "acc"}, {"*b*", "abc"},
                                      {"a?c", "abc"}, {"?", "\xC3\xBC"}, {"a**c", "ac"}, {"*.jpg", "x.jpg.jpg"}, {"", ""}, {"a*b*c", "aXbYbZc"}}) {
    EXPECT_EQ(match(pattern, text), Match::kYes) << pattern << " " << text;
  }
  for (const auto& [pattern, text] : {std::pair{"a", ""}, {"?", ""}, {"a?c", "ac"}, {"a*c", "ab"}, {"*.jpg", "x.jpgx"}, {"?", "ab"}, {"A", "a"}, {"", "a"}}) {
    EXPECT_EQ(match(pattern, text), Match::kNo) << pattern << " " << text;
  }
  EXPECT_EQ(match("S3:GET*", "s3:GetObject", {.ignore_case = true}), Match::kYes);
  EXPECT_EQ(match("a*", "a*", {.wildcards = false}), Match::kYes);
  EXPECT_EQ(match("a*", "ab", {.wildcards = false}), Match::kNo);
}

TEST(PatternTest, HostilePatternsTakeNoExponentialTime) {
  std::string pattern, text(20'000, 'a');
  for (int i = 0; i < 1'000; ++i) pattern += "*a";
  EXPECT_EQ(match(pattern + "b", text), Match::kNo);
  EXPECT_EQ(match(pattern, text), Match::kYes);
}

TEST(PatternTest, VariablesBringNoWildcards) {
  ConditionValues values;
  values.add("aws:username", "ann");
  values.add("s3:prefix", "*");
  EXPECT_EQ(match("home/${aws:username}/*", "home/ann/x", {}, values), Match::kYes);
  EXPECT_EQ(match("home/${AWS:UserName}/*", "home/bob/x", {}, values), Match::kNo);
  EXPECT_EQ(match("${s3:prefix}", "anything", {}, values), Match::kNo);
  EXPECT_EQ(match("${s3:prefix}", "*", {}, values), Match::kYes);
  EXPECT_EQ(match("a${*}", "ab", {}, values), Match::kNo);
  EXPECT_EQ(match("a${*}${?}${$}", "a*?$", {}, values), Match::kYes);
  EXPECT_EQ(match("${aws:userid}", "", {}, values), Match::kNo) << "what a request is known not to have";
  EXPECT_EQ(match("a/${aws:PrincipalTag/team}", "a/b", {}, values), Match::kUnknown) << "what nobody here tells";
  EXPECT_EQ(match("${aws:userid, 'no one'}", "no one", {}, values), Match::kYes);
  EXPECT_EQ(match("${aws:username}", "${aws:username}", {.variables = false}, values), Match::kYes);
  values.add("aws:username", "two of them");
  EXPECT_EQ(match("${aws:username}", "ann", {}, values), Match::kUnknown);
  for (const char* malformed : {"${", "a${aws:username", "${}", "${a, b}"}) {
    EXPECT_FALSE(Pattern::parse(malformed, {})) << malformed;
  }
}

TEST(PatternTest, ArnsComparePartByPart) {
  constexpr Pattern::Options kArn{.arn = true};
  EXPECT_EQ(match("arn:aws:iam::*:user/*", "arn:aws:iam::000000000000:user/a:b", kArn), Match::kYes);
  EXPECT_EQ(match("arn:*:user/*", "arn:aws:iam::000000000000:user/a", kArn), Match::kNo);
  EXPECT_EQ(match("arn:aws:*:::x", "arn:aws:s3:::x", kArn), Match::kYes);
}

}  // namespace
}  // namespace eyrie::iam
