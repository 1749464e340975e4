// How many values a JSON text would become, told without parsing it: small text can become much memory
// ("[0,0,0,..." grows twelvefold), so the count is bounded before the parser allocates. Thread-safe: pure
// function.
#pragma once

#include <cstddef>
#include <string_view>

namespace eyrie::api {

// At least as many values as the text holds, if it is JSON at all. Counts what opens and separates values
// outside strings.
std::size_t count_json_values(std::string_view text);

}  // namespace eyrie::api
