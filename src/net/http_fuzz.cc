// Query strings: whatever parses must parse to the same pairs when encoded anew.
#include "base/encoding.h"
#include "net/http.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pairs = net::parse_query(as_text({data, size}));
  if (!pairs) return 0;
  std::string again;
  for (const auto& [name, value] : *pairs) again += "&" + percent_encode(name) + "=" + percent_encode(value);
  if (net::parse_query(again) != pairs) __builtin_trap();
  return 0;
}
