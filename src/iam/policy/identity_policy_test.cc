#include "iam/policy/identity_policy.h"

#include <gtest/gtest.h>

namespace eyrie::iam {
namespace {

// The problem of a policy whose second statement has these members.
std::string problem(const std::string& members) {
  const auto policy = PolicyDocument::parse(
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Allow","Action":"*",)" + members + "}]}");
  if (!policy) return "unreadable: " + policy.error().message;
  const Status checked = check_identity_policy(*policy);
  return checked ? std::string() : checked.error().message;
}

TEST(IdentityPolicyTest, ResourcesHaveAllPartsOfAnArn) {
  for (const char* resource : {"*", "arn:aws:s3:::*", "arn:aws:s3:::b/*", "arn:*:s3:::x", "arn:aws:*:*:*:*", "arn:aws:logs:*:*:*", "arn:aws:lambda:us-east-1:000000000000:function:f:*",
                               "arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::b/${aws:username, 'a:b'}", "arn:aws:s3:${aws:RequestedRegion}:${aws:PrincipalAccount}:x", "arn:aws:iam::000000000000:user/?"})
    EXPECT_EQ(problem(R"("Resource":")" + std::string(resource) + '"'), "") << resource;
  for (const char* resource : {"arn:", "arn:aws", "arn:aws:s3", "arn:aws:s3:*", "arn:aws:s3::b", "arn:*", "arn:aws:s3:${aws:username}:x", "arn:aws:${a:b}${c:d}"}) {
    const std::string text(resource), wrong = "Resource " + text + " must be in ARN format or \"*\".";
    EXPECT_EQ(problem(R"("Resource":")" + text + '"'), wrong);
    EXPECT_EQ(problem(R"("Resource":["*",")" + text + "\"]"), wrong);
    EXPECT_EQ(problem(R"("NotResource":")" + text + '"'), wrong);
  }
}

TEST(IdentityPolicyTest, StatementIdsAreLettersAndDigits) {
  EXPECT_EQ(problem(R"("Sid":"a1","Resource":"*")"), "");
  EXPECT_NE(problem(R"("Sid":"a 1","Resource":"*")"), "");
}

}  // namespace
}  // namespace eyrie::iam
