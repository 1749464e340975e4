// Whatever comes as a list of parts: refused, or parts in ascending order.
#include "api/s3/multipart/parts_xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = eyrie::api::s3::parse_parts_xml({data, size});
  if (!parts) return 0;
  std::size_t last = 0;
  for (const auto& part : *parts) {
    if (part.number <= last || part.etag.empty()) __builtin_trap();
    last = part.number;
  }
  return 0;
}
