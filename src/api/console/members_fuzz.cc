// Bodies of requests to the console's API: what is taken has known members only, and each is read as one kind at most.
#include "api/console/members.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto members = api::console::Members::parse({data, size}, {"name", "password", "role", "disabled"});
  if (!members) return 0;
  for (const char* name : {"name", "password", "role", "disabled"}) {
    const auto text = members->optional_text(name);
    const auto flag = members->optional_flag(name);
    const bool is_text = text && text->has_value(), is_flag = flag && flag->has_value();
    if (is_text && is_flag) __builtin_trap();
    if (!members->has(name) && (is_text || is_flag || members->text(name))) __builtin_trap();
  }
  return 0;
}
