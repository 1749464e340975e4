// Whatever comes as lifecycle rules: refused, or kept and shown so that the same rules come back.
#include "api/s3/lifecycle/rules_xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace s3 = eyrie::api::s3;
  const auto rules = s3::parse_lifecycle_xml({data, size});
  if (!rules) return 0;
  const auto kept = s3::read_lifecycle(s3::write_lifecycle(*rules));
  if (!kept || *kept != *rules) __builtin_trap();
  return 0;
}
