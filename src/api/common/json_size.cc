#include "api/common/json_size.h"

#include <algorithm>

namespace eyrie::api {
namespace {

// The end of the string whose opening quote is at `at`; text.size() where it never ends.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  while ((at = text.find('"', at + 1)) != std::string_view::npos) {
    std::size_t backslashes = 0;
    while (text[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
  return text.size();
}

}  // namespace

std::size_t count_json_values(std::string_view text) {
  std::size_t count = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') at = end_of_string(text, at);
    count += c == ',' || c == '[' || c == '{' ? 1 : 0;
  }
  return count;
}

}  // namespace eyrie::api
