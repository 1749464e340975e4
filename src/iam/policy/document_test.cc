#include "iam/policy/document.h"

#include <gtest/gtest.h>

namespace eyrie::iam {
namespace {

std::string quoted(std::string text) {
  for (char& c : text) c = c == '\'' ? '"' : c;
  return text;
}

std::string message(const std::string& text, PolicyKind kind = PolicyKind::kIdentity) {
  const auto policy = PolicyDocument::parse(quoted(text), kind);
  return policy ? "sound" : policy.error().message;
}

TEST(DocumentTest, SoundDocuments) {
  for (const char* text :
       {"{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}",
        "{'Version':'2012-10-17','Id':'x','Statement':[{'Sid':'A','Effect':'Deny','NotAction':['s3:Get*','sts:?'],'NotResource':"
        "['arn:aws:s3:::a/*','*'],'Condition':{'Bool':{'aws:SecureTransport':false},'StringLike':{'s3:prefix':['a','${aws:username}/*']}}}]}"}) {
    EXPECT_EQ(message(text), "sound") << text;
  }
  EXPECT_EQ(message("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'arn:aws:s3:::a'}}", PolicyKind::kResource),
            "sound");
}

TEST(DocumentTest, MalformedDocuments) {
  const std::string syntax = "Syntax errors in policy.";
  auto with = [](const std::string& statement) { return "{'Version':'2012-10-17','Statement':" + statement + "}"; };
  const std::pair<std::string, std::string> cases[] = {
      {"", syntax},
      {"[]", syntax},
      {"{'Version':'2012-10-17'}", syntax},
      {"{'Version':'2012-10-17','Statement':[]}", syntax},
      {"{'Version':'2013-01-01','Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}", syntax},
      {"{'Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}", "Policy document must be version 2012-10-17 or greater."},
      {with("{'Effect':'allow','Action':'*','Resource':'*'}"), syntax},
      {with("{'Effect':'Allow','Resource':'*'}"), "Policy statement must contain actions."},
      {with("{'Effect':'Allow','Action':[],'Resource':'*'}"), "Policy statement must contain actions."},
      {with("{'Effect':'Allow','Action':'*'}"), "Policy statement must contain resources."},
      {with("{'Effect':'Allow','Action':'*','NotAction':'*','Resource':'*'}"), syntax},
      {with("{'Effect':'Allow','Action':'GetObject','Resource':'*'}"),
       "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
      {with("{'Effect':'Allow','Action':'s 3:GetObject','Resource':'*'}"), "Vendor s 3 is not valid"},
      {with("{'Effect':'Allow','Action':'*','Resource':'images'}"), "Resource images must be in ARN format or \"*\"."},
      {with("{'Effect':'Allow','Action':'*','Resource':'*','Extra':1}"), syntax},
      {with("{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*'}"), "Policy document should not specify a principal."},
      {with("[{'Sid':'a','Effect':'Allow','Action':'*','Resource':'*'},{'Sid':'a','Effect':'Deny','Action':'*','Resource':'*'}]"),
       "Statement IDs (SID) in a single policy must be unique."},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(message(text), expected) << text;
  EXPECT_NE(message(with("{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'Matches':{'a:b':'c'}}}")), "sound");
  for (const char* who : {"'Principal':'ann'", "'Principal':{'AWS':'arn:aws:iam::1:user/*'}", "'Principal':{'CanonicalUser':'x'}", "'Principal':{}"}) {
    EXPECT_EQ(message(with("{'Effect':'Allow'," + std::string(who) + ",'Action':'*','Resource':'*'}"), PolicyKind::kResource),
              "Invalid principal in policy")
        << who;
  }
  EXPECT_EQ(message(with("{'Effect':'Allow','Action':'*','Resource':'*'}"), PolicyKind::kResource), "Missing required field Principal");
  EXPECT_EQ(PolicyDocument::parse(std::string(1U << 18, ' ')).error().code, Code::kTooLarge);
}

TEST(DocumentTest, NoElementStandsTwiceInWhatIsNew) {
  for (const char* twice : {R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}})",
                            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a:b":"c"},"StringEquals":{"a:d":"e"}}}]})",
                            R"({"Version":"2012-10-17","Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})",
                            R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","\u0045ffect":"Deny","Action":"*","Resource":"*"}})"}) {
    const auto policy = PolicyDocument::parse(twice);
    ASSERT_TRUE(policy) << "one that is kept is read: " << twice;
    EXPECT_EQ(policy->check_new().error().message, "Syntax errors in policy.") << twice;
  }
}

TEST(DocumentTest, StatementIdsOfIdentitiesAreLettersAndDigits) {
  auto problem = [](const std::string& sid) {
    const auto policy = PolicyDocument::parse(
        quoted("{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'*','Resource':'*'},{'Sid':'" + sid + "','Effect':'Allow','Action':'*','Resource':'*'}]}"));
    if (!policy) return std::string("unreadable");
    const Status checked = policy->check_new();
    return checked ? std::string() : checked.error().message;
  };
  for (const char* sid : {"", "a", "0aZ9"}) EXPECT_EQ(problem(sid), "") << sid;
  for (const char* sid : {"a b", "a-b", "a_b", "a.b", "\u00FC", " "})
    EXPECT_EQ(problem(sid), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*") << sid;
}

TEST(DocumentTest, CountsCharactersWithoutWhiteSpace) {
  const auto policy =
      PolicyDocument::parse(quoted("{'Version': '2012-10-17',\n\t'Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}"));
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->characters(), policy->text().size() - 3);
}

}  // namespace
}  // namespace eyrie::iam
