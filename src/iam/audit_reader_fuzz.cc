// Lines of an audit log, and places in it, of whatever bytes: what is taken for an entry has a time.
#include <cstdlib>

#include "iam/audit_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie::iam;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto entry = parse_audit_line(text); entry && text.find("time") == std::string::npos && text.find('\\') == std::string::npos) std::abort();
  const auto page = read_audit_log("/nonexistent/denied.jsonl", {.text = text, .after = text});
  if (page && !page->entries.empty()) std::abort();
  return 0;
}
