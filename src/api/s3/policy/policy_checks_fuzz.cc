// A bucket's policy of whatever text: refused, or one that the checks and the grammar take.
#include "api/s3/policy/policy_checks.h"
#include "iam/policy/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = parse_json(text);
  if (!document) return 0;
  const auto exists = [](const std::string& name) { return name.size() % 2 == 0; };
  if (api::s3::check_bucket_policy(*document, "images", exists)) return 0;
  (void)iam::PolicyDocument::parse(text, iam::PolicyKind::kResource);
  return 0;
}
