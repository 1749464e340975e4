#include "analysis/analyze_image_role.h"

#include "base/time/clock.h"
#include "iam/guarded_stores.h"

namespace eyrie::analysis {
namespace {

constexpr std::string_view kPolicy = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "TheUpload",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObjectTagging"],
      "Resource": "arn:aws:s3:::${eyrie:EventBucket}/${eyrie:EventKey}"
    },
    {
      "Sid": "TheResult",
      "Effect": "Allow",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::${eyrie:EventBucket}/processed/*"
    },
    {
      "Sid": "TheKeyOfTheUpload",
      "Effect": "Allow",
      "Action": "kms:Decrypt",
      "Resource": "arn:aws:kms:us-east-1:000000000000:key/*",
      "Condition": {"StringEquals": {
        "kms:ViaService": "s3.us-east-1.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::${eyrie:EventBucket}/${eyrie:EventKey}", "arn:aws:s3:::${eyrie:EventBucket}"]
      }}
    },
    {
      "Sid": "TheKeyOfTheResult",
      "Effect": "Allow",
      "Action": "kms:GenerateDataKey",
      "Resource": "arn:aws:kms:us-east-1:000000000000:key/*",
      "Condition": {
        "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::${eyrie:EventBucket}/processed/*", "arn:aws:s3:::${eyrie:EventBucket}"]}
      }
    },
    {
      "Sid": "TheRecords",
      "Effect": "Allow",
      "Action": ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"],
      "Resource": "arn:aws:dynamodb:us-east-1:000000000000:table/ImageMetadataStore"
    }
  ]
})";

const iam::PolicyPtr& role_policy() {
  static const iam::PolicyPtr policy = [] {
    auto parsed = iam::PolicyDocument::parse(kPolicy);
    // Ours, and tested; without it the function may do nothing.
    return std::make_shared<const iam::PolicyDocument>(parsed ? std::move(*parsed) : iam::PolicyDocument());
  }();
  return policy;
}

}  // namespace

std::string_view analyze_image_policy() {
  return kPolicy;
}

std::string analyze_image_role_arn() {
  return aws::iam_arn("role/" + std::string(kAnalyzeImage));
}

iam::Caller analyze_image_caller(const iam::AccessControl& access, const Upload& upload) {
  const std::string session = std::string(kAnalyzeImage) + "/" + upload.sequencer;
  iam::ConditionValues values;
  values.add("eyrie:EventBucket", upload.bucket);
  values.add("eyrie:EventKey", upload.key);
  values.add("aws:SecureTransport", "true");  // it never leaves the process
  const std::int64_t now = Clock::system().now_ms();
  values.add("aws:CurrentTime", format_iso8601(now));
  values.add("aws:EpochTime", std::to_string(now / 1000));
  return iam::Caller(access, {.principal = iam::Principal::role_session(session, std::string(kAnalyzeImageRoleId) + ":" + upload.sequencer, analyze_image_role_arn()),
                              .access_key = {},
                              .request_id = upload.request_id,
                              .source_ip = {},
                              .values = std::move(values),
                              .role = {role_policy()}});
}

template <typename Run>
Status AnalyzeImageRole::with_role(const store::Event& event, Run run) {
  EYRIE_TRY(const Upload upload, parse_upload(event));
  const iam::Caller caller = analyze_image_caller(access_, upload);
  iam::GuardedObjects objects(objects_, caller, keys_);
  iam::GuardedItems items(items_, caller);
  AnalyzeImage function(options_, objects, items, recognizer_, rules_);
  return run(function);
}

Status AnalyzeImageRole::invoke(const store::Event& event) {
  return with_role(event, [&](AnalyzeImage& function) { return function.invoke(event); });
}

// An event that names no upload gives no role, and the function then touches nothing.
Status AnalyzeImageRole::give_up(const store::Event& event, const Error& error) {
  if (!parse_upload(event)) return AnalyzeImage(options_, objects_, items_, recognizer_).give_up(event, error);
  return with_role(event, [&](AnalyzeImage& function) { return function.give_up(event, error); });
}

}  // namespace eyrie::analysis
