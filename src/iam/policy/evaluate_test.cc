#include "iam/policy/evaluate.h"

#include <gtest/gtest.h>

namespace eyrie::iam {
namespace {

const Principal kAnn{.kind = Principal::Kind::kUser, .name = "ann", .id = "AIDAANN", .arn = aws::iam_arn("user/ann")};

PolicyDocument parse(std::string text, PolicyKind kind = PolicyKind::kIdentity) {
  for (char& c : text) c = c == '\'' ? '"' : c;
  auto policy = PolicyDocument::parse("{\"Version\":\"2012-10-17\",\"Statement\":" + text + "}", kind);
  EXPECT_TRUE(policy) << text << (policy ? "" : policy.error().message);
  return policy ? *policy : PolicyDocument();
}

Verdict ask(const std::string& statements, std::string_view action, std::string_view resource) {
  ConditionValues values;
  values.add("aws:username", "ann");
  values.add("aws:SecureTransport", "false");
  return evaluate(parse(statements), {.action = action, .resource = resource, .values = values});
}

TEST(EvaluateTest, ExplicitDenyThenAllowThenNothing) {
  const std::string both =
      "[{'Effect':'Allow','Action':'s3:*','Resource':'*'},"
      "{'Effect':'Deny','Action':'s3:Delete*','Resource':'arn:aws:s3:::images/keep/*'}]";
  EXPECT_EQ(ask(both, "s3:GetObject", "arn:aws:s3:::images/a"), Verdict::kAllow);
  EXPECT_EQ(ask(both, "s3:DeleteObject", "arn:aws:s3:::images/a"), Verdict::kAllow);
  EXPECT_EQ(ask(both, "s3:DeleteObject", "arn:aws:s3:::images/keep/a"), Verdict::kDeny);
  EXPECT_EQ(ask(both, "dynamodb:GetItem", "*"), Verdict::kSilent);
  EXPECT_EQ(ask("{'Effect':'Allow','Action':'S3:getobject','Resource':'*'}", "s3:GetObject", "x"), Verdict::kAllow);
  EXPECT_EQ(ask("{'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::Images/*'}", "s3:GetObject",
                "arn:aws:s3:::images/a"),
            Verdict::kSilent);
}

TEST(EvaluateTest, NotActionAndNotResource) {
  const std::string not_action = "{'Effect':'Allow','NotAction':['iam:*','kms:*'],'Resource':'*'}";
  EXPECT_EQ(ask(not_action, "s3:GetObject", "x"), Verdict::kAllow);
  EXPECT_EQ(ask(not_action, "iam:CreateUser", "x"), Verdict::kSilent);
  const std::string home =
      "[{'Effect':'Allow','Action':'*','Resource':'*'},"
      "{'Effect':'Deny','Action':'s3:*','NotResource':'arn:aws:s3:::home/${aws:username}/*'}]";
  EXPECT_EQ(ask(home, "s3:GetObject", "arn:aws:s3:::home/ann/x"), Verdict::kAllow);
  EXPECT_EQ(ask(home, "s3:GetObject", "arn:aws:s3:::home/bob/x"), Verdict::kDeny);
}

TEST(EvaluateTest, EveryConditionMustHold) {
  const std::string two =
      "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEquals':{'aws:username':'ann'},"
      "'Bool':{'aws:SecureTransport':'SECURE'}}}";
  auto with = [&](std::string secure) { return std::string(two).replace(two.find("SECURE"), 6, secure); };
  EXPECT_EQ(ask(with("false"), "s3:GetObject", "x"), Verdict::kAllow);
  EXPECT_EQ(ask(with("true"), "s3:GetObject", "x"), Verdict::kSilent);
}

TEST(EvaluateTest, WhatCannotBeJudgedOpensNothing) {
  for (const char* tail :
       {"'Resource':'*','Condition':{'StringNotEquals':{'aws:PrincipalTag/team':'x'}}}",
        "'Resource':'*','Condition':{'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'x'}}}",
        "'Resource':'arn:aws:s3:::home/${aws:PrincipalTag/team}'}", "'NotResource':'arn:aws:s3:::home/${aws:PrincipalTag/team}'}"}) {
    EXPECT_EQ(ask("{'Effect':'Allow','Action':'*'," + std::string(tail), "s3:GetObject", "arn:aws:s3:::home/x"),
              Verdict::kSilent)
        << tail;
    EXPECT_EQ(ask("[{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'*'," + std::string(tail) + "]",
                  "s3:GetObject", "arn:aws:s3:::home/x"),
              Verdict::kDeny)
        << tail;
  }
}

TEST(EvaluateTest, PoliciesOfResources) {
  const ConditionValues values;
  auto verdict = [&](const std::string& who, const char* effect, const Principal& principal) {
    const auto policy = parse("{'Effect':'" + std::string(effect) + "'," + who + ",'Action':'s3:*','Resource':'*'}",
                              PolicyKind::kResource);
    return evaluate_resource_policy(policy, principal, {.action = "s3:GetObject", .resource = "x", .values = values});
  };
  for (const char* who : {"'Principal':'*'", "'Principal':{'AWS':'*'}", "'Principal':{'AWS':['arn:aws:iam::000000000000:user/ann']}",
                          "'Principal':{'AWS':'AIDAANN','Service':'s3.amazonaws.com'}",
                          "'NotPrincipal':{'AWS':'arn:aws:iam::000000000000:user/bob'}"}) {
    EXPECT_EQ(verdict(who, "Allow", kAnn), Verdict::kAllow) << who;
    EXPECT_EQ(verdict(who, "Deny", kAnn), Verdict::kDeny) << who;
  }
  for (const char* who : {"'Principal':{'AWS':'arn:aws:iam::000000000000:user/bob'}", "'Principal':{'Service':'s3.amazonaws.com'}",
                          "'NotPrincipal':{'AWS':['arn:aws:iam::000000000000:user/ann','000000000000']}"}) {
    EXPECT_EQ(verdict(who, "Allow", kAnn), Verdict::kSilent) << who;
    EXPECT_EQ(verdict(who, "Deny", kAnn), Verdict::kSilent) << who;
  }
  for (const char* account : {"'Principal':{'AWS':'000000000000'}", "'Principal':{'AWS':'arn:aws:iam::000000000000:root'}"}) {
    EXPECT_EQ(verdict(account, "Allow", kAnn), Verdict::kSilent) << account;
    EXPECT_EQ(verdict(account, "Allow", Principal::root()), Verdict::kAllow) << account;
    EXPECT_EQ(verdict(account, "Deny", kAnn), Verdict::kDeny) << account;
  }
  // A Deny leaves out only those of whom it lists everything.
  EXPECT_EQ(verdict("'NotPrincipal':{'AWS':'arn:aws:iam::000000000000:root'}", "Deny", kAnn), Verdict::kDeny);
  EXPECT_EQ(verdict("'NotPrincipal':{'AWS':'arn:aws:iam::000000000000:user/ann'}", "Deny", kAnn), Verdict::kDeny);
  EXPECT_EQ(verdict("'NotPrincipal':{'AWS':'arn:aws:iam::000000000000:root'}", "Deny", Principal::root()), Verdict::kSilent);
  Principal session = kAnn;
  session.kind = Principal::Kind::kRole;
  session.arn = "arn:aws:sts::000000000000:assumed-role/r/s";
  session.role_arn = "arn:aws:iam::000000000000:role/r";
  session.id = "AROAR:s";
  const std::string role = "'arn:aws:iam::000000000000:role/r'", own = "'arn:aws:sts::000000000000:assumed-role/r/s'", account = "'000000000000'";
  for (const std::string& too_few : {role, own, role + "," + account, own + "," + account, own + "," + role}) {
    EXPECT_EQ(verdict("'NotPrincipal':{'AWS':[" + too_few + "]}", "Deny", session), Verdict::kDeny) << too_few;
  }
  EXPECT_EQ(verdict("'NotPrincipal':{'AWS':[" + role + "," + own + "," + account + "]}", "Deny", session), Verdict::kSilent);
  const Principal s3 = Principal::service("s3.amazonaws.com");
  for (const char* who : {"'Principal':'*'", "'Principal':{'AWS':'*'}", "'Principal':{'Service':['sns.amazonaws.com','s3.amazonaws.com']}"}) {
    EXPECT_EQ(verdict(who, "Allow", s3), Verdict::kAllow) << who;
    EXPECT_EQ(verdict(who, "Deny", s3), Verdict::kDeny) << who;
  }
  for (const char* who : {"'Principal':{'Service':'sns.amazonaws.com'}", "'Principal':{'AWS':'000000000000'}", "'Principal':{'AWS':'s3.amazonaws.com'}"}) {
    EXPECT_EQ(verdict(who, "Allow", s3), Verdict::kSilent) << who;
  }
}

TEST(EvaluateTest, WhoIsAnonymousIsNobodyButEveryone) {
  const auto verdict = [](const std::string& principal, const std::string& effect) {
    const auto policy = PolicyDocument::parse(R"({"Version": "2012-10-17", "Statement": {"Effect": ")" + effect + R"(", )" + principal +
                                                  R"(, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}})",
                                              PolicyKind::kResource);
    EXPECT_TRUE(policy) << principal;
    const ConditionValues values;
    return evaluate_resource_policy(*policy, Principal::anonymous(), {.action = "s3:GetObject", .resource = "arn:aws:s3:::b/k", .values = values});
  };
  for (const char* everyone : {R"("Principal": "*")", R"("Principal": {"AWS": "*"})", R"("NotPrincipal": {"AWS": "000000000000"})"}) {
    EXPECT_EQ(verdict(everyone, "Allow"), Verdict::kAllow) << everyone;
    EXPECT_EQ(verdict(everyone, "Deny"), Verdict::kDeny) << everyone;
  }
  for (const char* somebody : {R"("Principal": {"AWS": "000000000000"})", R"("Principal": {"AWS": "arn:aws:iam::000000000000:root"})",
                               R"("Principal": {"AWS": "arn:aws:iam::000000000000:user/anonymous"})", R"("NotPrincipal": "*")"}) {
    EXPECT_EQ(verdict(somebody, "Allow"), Verdict::kSilent) << somebody;
    EXPECT_EQ(verdict(somebody, "Deny"), Verdict::kSilent) << somebody;
  }
}

}  // namespace
}  // namespace eyrie::iam
