// Whatever comes as a list of objects to delete: refused, or 1 to 1,000 keys.
#include "api/s3/object/deletes_xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto asked = eyrie::api::s3::parse_deletes_xml({data, size});
  if (!asked) return 0;
  if (asked->objects.empty() || asked->objects.size() > 1000) __builtin_trap();
  for (const auto& object : asked->objects) {
    if (object.key.empty()) __builtin_trap();
  }
  return 0;
}
