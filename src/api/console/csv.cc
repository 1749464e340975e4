#include "api/console/csv.h"

namespace eyrie::api::console {

// Whoever names pictures, keys and alarms chooses what stands here.
std::string csv_field(std::string_view text) {
  std::string field = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").contains(text[0])) field += '\'';
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

}  // namespace eyrie::api::console
