#include "api/s3/policy/policy_checks.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace eyrie::api::s3 {
namespace {

// What is wrong with it; "" where nothing is. Quotes are ' here.
std::string check(std::string text) {
  for (char& c : text) c = c == '\'' ? '"' : c;
  const auto document = parse_json(text);
  EXPECT_TRUE(document) << text;
  const auto wrong = check_bucket_policy(*document, "images", [](const std::string& name) { return name == "arn:aws:iam::000000000000:user/ann"; });
  return wrong ? wrong->message : "";
}

std::string check_statement(const std::string& statement) {
  return check("{'Version':'2012-10-17','Statement':[" + statement + "]}");
}

std::string allowing(const std::string& actions, const std::string& resources, const std::string& conditions = "{}") {
  return check_statement("{'Effect':'Allow','Principal':'*','Action':" + actions + ",'Resource':" + resources + ",'Condition':" + conditions + "}");
}

constexpr const char* kBucket = "'arn:aws:s3:::images'";
constexpr const char* kObjects = "'arn:aws:s3:::images/*'";
constexpr const char* kBoth = "['arn:aws:s3:::images','arn:aws:s3:::images/*']";
constexpr const char* kNoResource = "Action does not apply to any resource(s) in statement";
constexpr const char* kNoCondition = "Conditions do not apply to combination of actions and resources in statement";

TEST(PolicyChecks, Elements) {
  EXPECT_EQ(check("{}"), "Missing required field Statement");
  EXPECT_EQ(check("{'Statement':[]}"), "Could not parse the policy: Statement is empty!");
  EXPECT_EQ(check("{'Version':'2020-01-01','Statement':[]}"), "The policy must contain a valid version string");
  EXPECT_EQ(check("{'statement':[]}"), "Unknown field statement");
  EXPECT_EQ(check("[]"), "Policies must be valid JSON and the first byte must be '{'");
  const std::string rest = "'Action':'s3:*','Resource':'arn:aws:s3:::images'";
  EXPECT_EQ(check_statement("{'Principal':'*'," + rest + "}"), "Missing required field Effect");
  EXPECT_EQ(check_statement("{'Effect':'allow','Principal':'*'," + rest + "}"), "Invalid effect: allow");
  EXPECT_EQ(check_statement("{'Effect':'Allow'," + rest + "}"), "Missing required field Principal");
  EXPECT_EQ(check_statement("{'Effect':'Allow','Principal':{}," + rest + "}"), "Missing required field Principal cannot be empty!");
  EXPECT_EQ(check_statement("{'Effect':'Allow','Principal':'*','Resource':'arn:aws:s3:::images'}"), "Missing required field Action");
  EXPECT_EQ(check_statement("{'Effect':'Allow','Principal':'*','Action':'s3:*'}"), "Missing required field Resource");
  EXPECT_EQ(allowing("[]", kBucket), "Missing required field Action cannot be empty!");
  EXPECT_EQ(allowing("'s3:*'", "[]"), "Missing required field Resource cannot be empty!");
  EXPECT_EQ(check_statement("{'Effect':'Allow','Principal':'*','Actions':'s3:*'," + rest + "}"), "Unknown field Actions");
}

TEST(PolicyChecks, Principals) {
  const auto with = [](const std::string& principal) {
    return check_statement("{'Effect':'Deny','Principal':" + principal + ",'Action':'s3:*','Resource':'arn:aws:s3:::images'}");
  };
  for (const char* fine : {"'*'", "{'AWS':'*'}", "{'AWS':['arn:aws:iam::000000000000:user/ann','*']}", "{'Service':'cloudfront.amazonaws.com'}", "{'CanonicalUser':'000000000000'}"})
    EXPECT_EQ(with(fine), "") << fine;
  for (const char* wrong : {"{'AWS':'arn:aws:iam::000000000000:user/bob'}", "{'AWS':['arn:aws:iam::000000000000:user/ann','x']}", "{'Service':'cloudfront'}", "{'CanonicalUser':'0'}"})
    EXPECT_EQ(with(wrong), "Invalid principal in policy") << wrong;
  EXPECT_EQ(check_statement("{'Effect':'Allow','NotPrincipal':{'AWS':'arn:aws:iam::000000000000:user/ann'},'Action':'s3:*','Resource':'arn:aws:s3:::images'}"), "Allow with NotPrincipal is not allowed.");
  EXPECT_EQ(check_statement("{'Effect':'Deny','NotPrincipal':{'AWS':'nobody'},'Action':'s3:*','Resource':'arn:aws:s3:::images'}"), "Invalid principal in policy");
}

TEST(PolicyChecks, Actions) {
  for (const char* wrong : {"'s3:Nonsense'", "['s3:GetObject','s3:Gett*']", "'iam:*'", "'s3:'", "'GetObject'"})
    EXPECT_EQ(allowing(wrong, kObjects), "Policy has invalid action") << wrong;
  for (const char* fine : {"'*'", "'s3:*'", "'S3:getobject'", "'s3:Get?bject'", "'s3:*Version'"}) EXPECT_EQ(allowing(fine, kObjects), "") << fine;
  EXPECT_EQ(check_statement("{'Effect':'Deny','Principal':'*','NotAction':'s3:Nonsense','Resource':'arn:aws:s3:::images'}"), "Policy has invalid action");
}

TEST(PolicyChecks, Resources) {
  for (const char* wrong : {"'*'", "'arn:aws:s3:::other/*'", "'arn:aws:s3:::images2'", "['arn:aws:s3:::images/*','arn:aws:s3:::*']", "'images/*'"})
    EXPECT_EQ(allowing("'s3:*'", wrong), "Policy has invalid resource") << wrong;
  EXPECT_EQ(allowing("'s3:GetObject'", kBucket), kNoResource);
  EXPECT_EQ(allowing("['s3:GetObject','s3:ListBucket']", kObjects), kNoResource);
  EXPECT_EQ(allowing("['s3:GetObject','s3:ListBucket']", kBoth), "");
  EXPECT_EQ(allowing("['s3:GetObject','s3:ListBucket']", "'arn:aws:s3:::images*'"), "");
  EXPECT_EQ(allowing("'s3:ListAllMyBuckets'", kBoth), kNoResource);
  EXPECT_EQ(allowing("'s3:List*'", kBucket), "") << "one of those it stands for does";
  EXPECT_EQ(check_statement("{'Effect':'Deny','Principal':'*','Action':'s3:GetObject','NotResource':'arn:aws:s3:::images'}"), "");
  EXPECT_EQ(check_statement("{'Effect':'Deny','Principal':'*','NotAction':'s3:GetObject','Resource':'arn:aws:s3:::images'}"), "");
}

TEST(PolicyChecks, Conditions) {
  EXPECT_EQ(allowing("'s3:ListBucket'", kBucket, "{'StringEquals':{'S3:Prefix':'a'},'Bool':{'aws:Anything':'true'}}"), "");
  for (const char* key : {"s3:Prefixx", "kms:ViaService", "eyrie:EventKey", "s3:ExistingObjectTag/", "prefix"})
    EXPECT_EQ(allowing("'s3:*'", kBoth, "{'StringEquals':{'" + std::string(key) + "':'a'}}"), "Policy has an invalid condition key") << key;
  EXPECT_EQ(allowing("'s3:GetObject'", kObjects, "{'StringEquals':{'s3:prefix':'a'}}"), kNoCondition);
  EXPECT_EQ(allowing("'s3:*'", kObjects, "{'StringEquals':{'s3:prefix':'a'}}"), kNoCondition) << "it is of the bucket";
  EXPECT_EQ(allowing("'s3:*'", kBoth, "{'StringEquals':{'s3:prefix':'a'}}"), "");
  EXPECT_EQ(allowing("'s3:DeleteObject'", kObjects, "{'StringEquals':{'s3:ExistingObjectTag/a':'b'}}"), kNoCondition);
  EXPECT_EQ(allowing("'s3:GetObject'", kObjects, "{'StringEquals':{'s3:ExistingObjectTag/a':'b'}}"), "");
  EXPECT_EQ(allowing("'s3:PutObject*'", kObjects, "{'StringEquals':{'s3:x-amz-server-side-encryption':'AES256'},'Null':{'s3:RequestObjectTagKeys':'true'}}"), "");
}

// Documents whose shape is wrong are the grammar's; they only must do no harm here.
TEST(PolicyChecks, AnyShapeIsTaken) {
  for (const char* text : {"{'Statement':1}", "{'Statement':[1,[],null]}", "{'Statement':{'Effect':'Allow','Principal':1,'Action':1,'Resource':1,'Condition':1}}",
                           "{'Statement':{'Effect':'Allow','Principal':{'AWS':{}},'Action':[1],'Resource':[null],'Condition':{'Null':1}}}"})
    check(text);
}

}  // namespace
}  // namespace eyrie::api::s3
