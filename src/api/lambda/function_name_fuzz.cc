// FunctionName as it stands in paths: what is taken for a name has nothing in it that could lead elsewhere.
#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "api/lambda/members.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bool elsewhere = false;
  const auto named = eyrie::api::lambda::parse_name({reinterpret_cast<const char*>(data), size}, elsewhere);
  if (!named) return 0;
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  if (named->name.empty() || named->name.size() > 64 || !std::ranges::all_of(named->name, plain)) std::abort();
  return 0;
}
