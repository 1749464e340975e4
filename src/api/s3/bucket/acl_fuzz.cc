// Whatever comes as a list of grantees or as a document: refused, or understood; one that names nobody but the owner lets in nobody.
#include "api/s3/bucket/acl.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace s3 = eyrie::api::s3;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto grantees = s3::parse_grantees("x-amz-grant-read", text);
  const bool names_a_group = text.contains("://");
  if (grantees && *grantees == s3::Grantees::kEverybody && !names_a_group) __builtin_trap();
  (void)s3::parse_policy_xml({data, size});
  return 0;
}
