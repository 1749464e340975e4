// Lines of CSV that spreadsheets may open: fields of text are quoted, and what would be taken for a formula
// becomes text by an apostrophe before it. Source: RFC 4180; OWASP, "CSV Injection". Thread-safe: pure
// functions.
#pragma once

#include <string>
#include <string_view>

namespace eyrie::api::console {

std::string csv_field(std::string_view text);

}  // namespace eyrie::api::console
