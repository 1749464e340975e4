// A rule as somebody writes it, and a line of text, apart by a zero byte: refused or usable, in bounded time.
#include "notify/rules/alert_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view written = text.substr(0, text.find('\0'));
  const auto parsed = parse_json(written);
  if (!parsed || !parsed->is_object()) return 0;
  const auto rule = notify::rules::parse_rule("", parsed->get_object());
  if (!rule) return 0;
  vision::Recognition seen;
  seen.text.emplace().push_back({.text = std::string(text.substr(std::min(written.size() + 1, text.size()))), .confidence = 100});
  (void)notify::rules::matches_in(*rule, seen);
  // What is stored must be readable again.
  if (!notify::rules::parse_rule(rule->name, notify::rules::rule_json(*rule))) __builtin_trap();
  return 0;
}
