#include "iam/console/roles.h"

#include <array>

#include "aws/account.h"

namespace eyrie::iam::console {
namespace {

struct Row {
  Role role;
  std::string_view name;
  std::string_view policy;
};

// Objects under keys of KMS are read and written by way of S3 alone.
constexpr std::array<Row, 3> kRoles = {{
    {Role::kAdmin, "admin", R"({
  "Version": "2012-10-17",
  "Statement": {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}
})"},
    {Role::kAnalyst, "analyst", R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Pictures",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]
    },
    {
      "Sid": "TheirKeys",
      "Effect": "Allow",
      "Action": "kms:Decrypt",
      "Resource": "arn:aws:kms:us-east-1:000000000000:key/*",
      "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    },
    {
      "Sid": "Records",
      "Effect": "Allow",
      "Action": ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
      "Resource": "arn:aws:dynamodb:us-east-1:000000000000:table/ImageMetadataStore"
    },
    {
      "Sid": "Recognition",
      "Effect": "Allow",
      "Action": ["rekognition:Detect*", "rekognition:Recognize*", "rekognition:Get*", "rekognition:CompareFaces"],
      "Resource": "*"
    },
    {
      "Sid": "AlertRules",
      "Effect": "Allow",
      "Action": ["console:ListAlertRules", "console:GetAlertRule"],
      "Resource": "*"
    },
    {
      "Sid": "Dashboard",
      "Effect": "Allow",
      "Action": ["cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms"],
      "Resource": "*"
    },
    {
      "Sid": "Archive",
      "Effect": "Allow",
      "Action": "console:ArchivePicture",
      "Resource": "arn:aws:s3:::images/*"
    },
    {
      "Sid": "Traces",
      "Effect": "Allow",
      "Action": "console:GetTrace",
      "Resource": "*"
    },
    {
      "Sid": "AnalyzeAnew",
      "Effect": "Allow",
      "Action": "lambda:InvokeFunction",
      "Resource": "arn:aws:lambda:us-east-1:000000000000:function:analyze-image"
    },
    {
      "Sid": "Oneself",
      "Effect": "Allow",
      "Action": ["console:GetUser", "console:SetPassword", "console:ListSessions", "console:EndSession"],
      "Resource": "arn:aws:eyrie:us-east-1:000000000000:console-user/${eyrie:ConsoleUser}"
    }
  ]
})"},
    {Role::kUploader, "uploader", R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Uploads",
      "Effect": "Allow",
      "Action": ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      "Resource": "arn:aws:s3:::images/uploads/*"
    },
    {
      "Sid": "UploadsAndResults",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": ["arn:aws:s3:::images/uploads/*", "arn:aws:s3:::images/processed/*"]
    },
    {
      "Sid": "TheirKeys",
      "Effect": "Allow",
      "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
      "Resource": "arn:aws:kms:us-east-1:000000000000:key/*",
      "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    },
    {
      "Sid": "Records",
      "Effect": "Allow",
      "Action": ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
      "Resource": "arn:aws:dynamodb:us-east-1:000000000000:table/ImageMetadataStore"
    },
    {
      "Sid": "Oneself",
      "Effect": "Allow",
      "Action": ["console:GetUser", "console:SetPassword", "console:ListSessions", "console:EndSession"],
      "Resource": "arn:aws:eyrie:us-east-1:000000000000:console-user/${eyrie:ConsoleUser}"
    }
  ]
})"},
}};

const Row& row_of(Role role) {
  return kRoles[static_cast<std::size_t>(role)];
}
static_assert(kRoles[0].role == Role::kAdmin && kRoles[1].role == Role::kAnalyst && kRoles[2].role == Role::kUploader);

}  // namespace

std::string_view role_name(Role role) {
  return row_of(role).name;
}

std::optional<Role> role_of(std::string_view name) {
  for (const Row& row : kRoles) {
    if (row.name == name) return row.role;
  }
  return std::nullopt;
}

std::string_view role_policy(Role role) {
  return row_of(role).policy;
}

PolicyPtr policy_of(Role role) {
  static const std::array<PolicyPtr, kRoles.size()> policies = [] {
    std::array<PolicyPtr, kRoles.size()> made;
    for (std::size_t i = 0; i < kRoles.size(); ++i) {
      auto parsed = PolicyDocument::parse(kRoles[i].policy);
      // Ours, and tested; without it the role may do nothing.
      made[i] = std::make_shared<const PolicyDocument>(parsed ? std::move(*parsed) : PolicyDocument());
    }
    return made;
  }();
  return policies[static_cast<std::size_t>(role)];
}

std::string user_arn(std::string_view user_id) {
  return "arn:aws:eyrie:us-east-1:" + std::string(aws::kAccount) + ":console-user/" + std::string(user_id);
}

std::string users_arn() {
  return user_arn("*");
}

std::string role_arn(Role role) {
  return aws::iam_arn("role/console-" + std::string(role_name(role)));
}

Principal principal_of(Role role, const std::string& name, const std::string& user_id, ConditionValues& values) {
  values.add("eyrie:ConsoleUser", user_id);
  return Principal::role_session("console-" + std::string(role_name(role)) + "/" + name, "AROACONSOLE:" + user_id, role_arn(role));
}

}  // namespace eyrie::iam::console
