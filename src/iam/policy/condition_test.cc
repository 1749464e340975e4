#include "iam/policy/condition.h"

#include <gtest/gtest.h>

namespace eyrie::iam {
namespace {

ConditionValues request() {
  ConditionValues values;
  values.add("aws:SourceIp", "10.1.2.3");
  values.add("aws:CurrentTime", "2026-11-28T10:15:30Z");
  values.add("aws:EpochTime", "1795860930");
  values.add("aws:SecureTransport", "false");
  values.add("aws:username", "ann");
  values.add("s3:max-keys", "10");
  values.add("s3:prefix", "home/ann/");
  values.add("aws:PrincipalArn", "arn:aws:iam::000000000000:user/ann");
  values.add("kms:EncryptionContextKeys", "a");
  values.add("kms:EncryptionContextKeys", "b");
  return values;
}

Match judge(std::string_view op, std::string_view key, std::string_view values) {
  const auto value = parse_json(values);
  EXPECT_TRUE(value) << values;
  const auto condition = Condition::parse(op, key, *value, true);
  EXPECT_TRUE(condition) << op << (condition ? "" : condition.error().message);
  return condition ? condition->judge(request()) : Match::kUnknown;
}

struct Case {
  const char* op;
  const char* key;
  const char* values;
};

TEST(ConditionTest, WhatHolds) {
  for (const Case& c : {
           Case{"StringEquals", "AWS:UserName", R"("ann")"},
           {"StringEquals", "aws:username", R"(["bob", "ann"])"},
           {"StringEquals", "aws:username", R"("${aws:username}")"},
           {"StringNotEquals", "aws:username", R"(["bob", "eve"])"},
           {"StringEqualsIgnoreCase", "aws:username", R"("ANN")"},
           {"StringNotEqualsIgnoreCase", "aws:username", R"("BOB")"},
           {"StringLike", "s3:prefix", R"("home/${aws:username}/*")"},
           {"StringNotLike", "s3:prefix", R"("secret/*")"},
           {"NumericEquals", "s3:max-keys", "10"},
           {"NumericLessThanEquals", "s3:max-keys", R"("10")"},
           {"NumericLessThan", "s3:max-keys", R"("10.5")"},
           {"NumericGreaterThan", "s3:max-keys", "9"},
           {"NumericGreaterThanEquals", "s3:max-keys", "10"},
           {"NumericNotEquals", "s3:max-keys", "11"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-11-28T10:15:31Z")"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-11-29")"},
           {"DateGreaterThan", "aws:CurrentTime", R"("2026-11-28T10:15Z")"},
           {"DateGreaterThanEquals", "aws:EpochTime", "1795860930"},
           {"DateEquals", "aws:CurrentTime", R"("2026-11-28T10:15:30.000Z")"},
           {"DateEquals", "aws:CurrentTime", R"("2026-11-28T11:15:30+01:00")"},
           {"DateEquals", "aws:CurrentTime", R"("2026-11-28T04:45:30.0-05:30")"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-11-28T10:15:30.5Z")"},
           {"DateGreaterThan", "aws:CurrentTime", R"("2026-11-28T11:15+01:00")"},
           {"DateGreaterThan", "aws:CurrentTime", R"("2026-11")"},
           {"DateGreaterThan", "aws:CurrentTime", R"("2026")"},
           {"DateLessThan", "aws:CurrentTime", "2027"},
           {"DateEquals", "aws:CurrentTime", "1795860930"},
           {"DateGreaterThan", "aws:CurrentTime", R"("20260")"},
           {"Bool", "aws:SecureTransport", R"("false")"},
           {"Bool", "aws:SecureTransport", "false"},
           {"IpAddress", "aws:SourceIp", R"(["192.168.0.0/16", "10.0.0.0/8"])"},
           {"IpAddress", "aws:SourceIp", R"("10.1.2.3")"},
           {"IpAddress", "aws:SourceIp", R"("::ffff:10.1.2.0/121")"},
           {"NotIpAddress", "aws:SourceIp", R"("10.1.2.4/31")"},
           {"NotIpAddress", "aws:SourceIp", R"(["192.168.0.0/16", "::/0"])"},
           {"ArnLike", "aws:PrincipalArn", R"("arn:aws:iam::*:user/*")"},
           {"ArnNotEquals", "aws:PrincipalArn", R"("arn:aws:iam::*:role/*")"},
           {"Null", "s3:delimiter", R"("true")"},
           {"Null", "s3:prefix", "false"},
           // Absent keys.
           {"StringNotEquals", "s3:delimiter", R"("/")"},
           {"StringEqualsIfExists", "s3:delimiter", R"("/")"},
           {"ForAllValues:StringEquals", "s3:delimiter", R"("/")"},
           // Several values.
           {"ForAllValues:StringEquals", "kms:EncryptionContextKeys", R"(["a", "b", "c"])"},
           {"ForAnyValue:StringEquals", "kms:EncryptionContextKeys", R"("b")"},
           {"ForAnyValue:StringNotEquals", "kms:EncryptionContextKeys", R"("b")"},
           {"ForAllValues:StringNotEquals", "kms:EncryptionContextKeys", R"("c")"},
       }) {
    EXPECT_EQ(judge(c.op, c.key, c.values), Match::kYes) << c.op << " " << c.key << " " << c.values;
  }
}

TEST(ConditionTest, WhatDoesNotHold) {
  for (const Case& c : {
           Case{"StringEquals", "aws:username", R"("an*")"},
           {"StringNotEquals", "aws:username", R"(["bob", "ann"])"},
           {"StringLike", "s3:prefix", R"("home/bob/*")"},
           {"NumericLessThan", "s3:max-keys", "10"},
           {"NumericEquals", "aws:username", "10"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-11-28T10:15:30Z")"},
           {"Bool", "aws:SecureTransport", R"("true")"},
           {"IpAddress", "aws:SourceIp", R"("10.1.2.4/31")"},
           {"IpAddress", "aws:SourceIp", R"("::/96")"},
           {"IpAddress", "aws:SourceIp", R"(["192.168.0.0/16", "::/0"])"},
           {"NotIpAddress", "aws:SourceIp", R"("0.0.0.0/0")"},
           {"ArnLike", "aws:PrincipalArn", R"("arn:*:user/*")"},
           {"Null", "s3:delimiter", R"("false")"},
           {"StringEquals", "s3:delimiter", R"("/")"},
           {"ForAnyValue:StringEquals", "s3:delimiter", R"("/")"},
           {"ForAnyValue:StringNotEquals", "s3:delimiter", R"("/")"},
           {"ForAllValues:StringEquals", "kms:EncryptionContextKeys", R"("a")"},
           {"ForAnyValue:StringEquals", "kms:EncryptionContextKeys", R"("c")"},
           {"ForAllValues:StringNotEquals", "kms:EncryptionContextKeys", R"("a")"},
           {"StringNotEquals", "kms:EncryptionContextKeys", R"("a")"},
           {"Bool", "aws:MultiFactorAuthPresent", "true"},
       }) {
    EXPECT_EQ(judge(c.op, c.key, c.values), Match::kNo) << c.op << " " << c.key << " " << c.values;
  }
}

TEST(ConditionTest, WhatCannotBeJudged) {
  EXPECT_EQ(judge("StringEquals", "aws:PrincipalTag/team", R"("a")"), Match::kUnknown);
  EXPECT_EQ(judge("Null", "aws:PrincipalTag/team", "true"), Match::kUnknown);
  EXPECT_EQ(judge("StringEqualsIfExists", "dynamodb:LeadingKeys", R"("a")"), Match::kUnknown);
  EXPECT_EQ(judge("StringNotLike", "s3:prefix", R"("${aws:PrincipalTag/team}/*")"), Match::kUnknown);
}

TEST(ConditionTest, WhatIsMalformed) {
  for (const Case& c : {
           Case{"StringMatches", "aws:username", R"("a")"},
           {"stringequals", "aws:username", R"("a")"},
           {"NullIfExists", "aws:username", "true"},
           {"BinaryEquals", "aws:username", R"("YQ==")"},
           {"StringEquals", "aws:username", "{}"},
           {"StringEquals", "aws:username", "[]"},
           {"StringEquals", "aws:username", "null"},
           {"StringEquals", "aws:username", R"("${aws:username")"},
           {"NumericEquals", "s3:max-keys", R"("ten")"},
           {"DateLessThan", "aws:CurrentTime", R"("tomorrow")"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-11-28T10:15:30")"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-11-28T10:15:30+0100")"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-11-28T10:15:30,5Z")"},
           {"DateLessThan", "aws:CurrentTime", R"("2026-13")"},
           {"Bool", "aws:SecureTransport", R"("yes")"},
           {"IpAddress", "aws:SourceIp", R"("10.0.0.0/33")"},
           {"IpAddress", "aws:SourceIp", R"("10.0.0/8")"},
           {"IpAddress", "aws:SourceIp", R"("10.0.0.0/")"},
       }) {
    EXPECT_FALSE(Condition::parse(c.op, c.key, *parse_json(c.values), true)) << c.op << " " << c.values;
  }
}

}  // namespace
}  // namespace eyrie::iam
