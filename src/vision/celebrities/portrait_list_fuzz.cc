#include "base/encoding.h"
#include "vision/celebrities/portrait_list.h"

// What is read is well-formed: names and portraits are there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto portraits =
      eyrie::vision::parse_portraits({reinterpret_cast<const char*>(data), size}, "folder");
  if (!portraits) return 0;
  for (const eyrie::vision::Portrait& portrait : *portraits) {
    if (portrait.who.name.empty() || portrait.who.id.empty() || portrait.file == "folder") __builtin_trap();
  }
  return 0;
}
