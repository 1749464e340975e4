#include "iam/console/testing.h"

namespace eyrie::iam::console::testing {
namespace {

class RolesTest : public ConsoleTest {
 protected:
  bool could(Role role, const std::string& action, const std::string& resource, bool by_s3 = false) {
    ConditionValues values;
    if (by_s3) values.add("kms:ViaService", "s3.us-east-1.amazonaws.com");
    Principal principal = principal_of(role, "ann", "id-of-ann", values);
    return Caller(*access_, {.principal = std::move(principal), .access_key = {}, .request_id = {}, .source_ip = {}, .values = values, .role = {policy_of(role)}})
        .could(action, resource)
        .has_value();
  }
  // "aAu": which of admin, analyst, uploader could.
  std::string who(const std::string& action, const std::string& resource, bool by_s3 = false) {
    std::string roles;
    if (could(Role::kAdmin, action, resource, by_s3)) roles += "admin ";
    if (could(Role::kAnalyst, action, resource, by_s3)) roles += "analyst ";
    if (could(Role::kUploader, action, resource, by_s3)) roles += "uploader ";
    return roles;
  }
};

TEST_F(RolesTest, NamesThereAndBack) {
  for (const Role role : {Role::kAdmin, Role::kAnalyst, Role::kUploader}) {
    EXPECT_EQ(role_of(role_name(role)), role);
    const auto parsed = PolicyDocument::parse(role_policy(role));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_FALSE(policy_of(role)->statements().empty());
  }
  EXPECT_FALSE(role_of("Admin"));
  EXPECT_FALSE(role_of(""));
}

TEST_F(RolesTest, WhoMayDoWhat) {
  EXPECT_EQ(who("s3:GetObject", "arn:aws:s3:::images/uploads/a.jpg"), "admin analyst uploader ");
  EXPECT_EQ(who("s3:GetObject", "arn:aws:s3:::images/processed/a.json"), "admin analyst uploader ");
  EXPECT_EQ(who("s3:GetObject", "arn:aws:s3:::images/private/a.jpg"), "admin analyst ");
  EXPECT_EQ(who("s3:GetObject", "arn:aws:s3:::other/uploads/a.jpg"), "admin ");
  EXPECT_EQ(who("s3:ListBucket", "arn:aws:s3:::images"), "admin analyst ");
  EXPECT_EQ(who("s3:PutObject", "arn:aws:s3:::images/uploads/a.jpg"), "admin uploader ");
  EXPECT_EQ(who("s3:PutObject", "arn:aws:s3:::images/processed/a.json"), "admin ");
  EXPECT_EQ(who("s3:PutObject", "arn:aws:s3:::other/uploads/a.jpg"), "admin ");
  EXPECT_EQ(who("s3:DeleteObject", "arn:aws:s3:::images/uploads/a.jpg"), "admin ");
  EXPECT_EQ(who("cloudwatch:GetMetricData", "*"), "admin analyst ");
  EXPECT_EQ(who("cloudwatch:DescribeAlarms", "*"), "admin analyst ");
  EXPECT_EQ(who("cloudwatch:PutMetricAlarm", "*"), "admin ");
  EXPECT_EQ(who("console:ArchivePicture", "arn:aws:s3:::images/uploads/a.jpg"), "admin analyst ");
  EXPECT_EQ(who("console:ArchivePicture", "arn:aws:s3:::other/uploads/a.jpg"), "admin ");
  EXPECT_EQ(who("dynamodb:Query", "arn:aws:dynamodb:us-east-1:000000000000:table/ImageMetadataStore"), "admin analyst uploader ");
  EXPECT_EQ(who("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:000000000000:table/ImageMetadataStore"), "admin ");
  EXPECT_EQ(who("dynamodb:Query", "arn:aws:dynamodb:us-east-1:000000000000:table/Other"), "admin ");
  EXPECT_EQ(who("rekognition:DetectLabels", "*"), "admin analyst ");
  EXPECT_EQ(who("console:GetAlertRule", "arn:aws:eyrie:us-east-1:000000000000:alert-rule/cats"), "admin analyst ");
  EXPECT_EQ(who("console:PutAlertRule", "arn:aws:eyrie:us-east-1:000000000000:alert-rule/cats"), "admin ");
  EXPECT_EQ(who("rekognition:DeleteCollection", "*"), "admin ");
  EXPECT_EQ(who("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:analyze-image"), "admin analyst ");
  EXPECT_EQ(who("iam:CreateUser", "*"), "admin ");
  EXPECT_EQ(who("kms:Decrypt", "arn:aws:kms:us-east-1:000000000000:key/1"), "admin ");
  EXPECT_EQ(who("kms:Decrypt", "arn:aws:kms:us-east-1:000000000000:key/1", true), "admin analyst uploader ");
  EXPECT_EQ(who("kms:GenerateDataKey", "arn:aws:kms:us-east-1:000000000000:key/1", true), "admin uploader ");
  EXPECT_EQ(who("console:SetPassword", user_arn("id-of-ann")), "admin analyst uploader ");
  EXPECT_EQ(who("console:SetPassword", user_arn("id-of-bob")), "admin ");
  EXPECT_EQ(who("console:UpdateUser", user_arn("id-of-ann")), "admin ");
  EXPECT_EQ(who("console:ListUsers", users_arn()), "admin ");
}

}  // namespace
}  // namespace eyrie::iam::console::testing
