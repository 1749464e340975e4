// How often a chain of requests has gone through each function: what tells a loop from work (functions/deployed_functions.h).
//
// One text, as the field Lineage of X-Ray's header has it: "HASH:COUNT|HASH:COUNT", in the order of the first passes. HASH is the beginning of SHA-256 over a secret of this process and
// the function's name, in eight lower-case hexadecimal digits: whoever was not told it cannot write it, and so cannot keep a function from running. After a restart a chain is counted
// anew. The first kMostInLineage functions are in it; whoever comes after them is not. Clients that percent-encode the header's value (botocore) send "%7C" for "|".
// Sources: X-Ray developer guide, "Tracing header"; Lambda developer guide, "Recursive loop detection". Thread-safe: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace eyrie {

inline constexpr std::size_t kMostInLineage = 32;
inline constexpr int kMostPassesTold = 999;  // counts stay there

// As it is written here. What is not of that form is left out, whatever others mean by it; "": nothing is left.
std::string parse_lineage(std::string_view text);
// How often the chain has gone through the function.
int passes_of(std::string_view lineage, std::string_view function);
// The same chain, once more through the function.
std::string with_pass(std::string_view lineage, std::string_view function);

}  // namespace eyrie
