// A filter policy and a message, apart by a zero byte: bounded work, no crash, whatever they are.
#include "notify/topics/filter_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view policy = text.substr(0, text.find('\0'));
  const std::string body(text.substr(std::min(policy.size() + 1, text.size())));
  for (const auto scope : {eyrie::notify::topics::FilterScope::kAttributes, eyrie::notify::topics::FilterScope::kBody}) {
    const auto parsed = eyrie::notify::topics::FilterPolicy::parse(policy, scope);
    if (parsed) {
      (void)parsed->matches({{"a", {.type = "String", .value = body}}, {"b", {.type = "String.Array", .value = body}}, {"c", {.type = "Number", .value = body}}}, body);
    }
  }
  return 0;
}
