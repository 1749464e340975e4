// What one question costs: a usual set of policies, and patterns made to be slow.
#include <benchmark/benchmark.h>

#include "iam/policy/evaluate.h"

namespace eyrie::iam {
namespace {

ConditionValues request_values() {
  ConditionValues values;
  values.add("aws:username", "ann");
  values.add("aws:SourceIp", "10.1.2.3");
  values.add("aws:SecureTransport", "true");
  values.add("aws:CurrentTime", "2026-11-28T10:15:30Z");
  values.add("s3:prefix", "home/ann/");
  return values;
}

void Usual(benchmark::State& state) {
  const auto policy = PolicyDocument::parse(R"({"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::images/home/${aws:username}/*"},
    {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::images","Condition":{"StringLike":{"s3:prefix":"home/${aws:username}/*"}}},
    {"Effect":"Allow","Action":["rekognition:Detect*","dynamodb:Query"],"Resource":"*"},
    {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
    {"Effect":"Deny","NotAction":"iam:*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.168.0.0/16"]}}}]})");
  const ConditionValues values = request_values();
  const AccessRequest request{.action = "s3:GetObject", .resource = "arn:aws:s3:::images/home/ann/holiday/beach.jpg", .values = values};
  for (auto unused : state) {
    if (evaluate(*policy, request) != Verdict::kAllow) state.SkipWithError("not allowed");
  }
}
BENCHMARK(Usual);

// Against a key of 1,024 bytes: a star must try every place, and fails late at each.
void SlowestPattern(benchmark::State& state) {
  const auto parsed = Pattern::parse("*" + std::string(512, 'a') + "b", {});
  const std::string text(1024, 'a');
  for (auto unused : state) benchmark::DoNotOptimize(parsed->match(text, {}));
}
BENCHMARK(SlowestPattern);

}  // namespace
}  // namespace eyrie::iam
