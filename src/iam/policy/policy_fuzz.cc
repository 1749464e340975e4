// A policy of whatever text, parsed and evaluated.
#include <cstdlib>

#include "iam/policy/evaluate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie::iam;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ConditionValues values;
  values.add("aws:username", "ann");
  values.add("aws:sourceip", "10.0.0.1");
  values.add("aws:currenttime", "2026-11-28T10:15:30Z");
  values.add("s3:prefix", std::string(text.substr(0, 64)));
  const AccessRequest request{.action = "s3:GetObject", .resource = "arn:aws:s3:::images/home/ann/a.jpg", .values = values};
  if (const auto policy = PolicyDocument::parse(text)) {
    const Verdict verdict = evaluate(*policy, request);
    if (policy->statements().empty() && verdict != Verdict::kSilent) std::abort();
  }
  if (const auto policy = PolicyDocument::parse(text, PolicyKind::kResource))
    (void)evaluate_resource_policy(*policy, Principal::root(), request);
  return 0;
}
