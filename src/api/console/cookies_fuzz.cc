// Cookie headers, one a line: what is taken for a token has a token's form, and comes back out of the cookie that sets it.
#include "api/console/cookies.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = as_text({data, size});
  net::Headers headers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    headers.add("Cookie", std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (const bool secure : {false, true}) {
    const auto token = api::console::session_token(headers, secure);
    if (!token) continue;
    if (token->size() != 43 || token->find_first_of("; =,\t\"") != std::string::npos) __builtin_trap();
    net::Headers again;
    again.add("cookie", api::console::set_session_cookie(*token, secure, std::chrono::seconds(1)));
    if (api::console::session_token(again, secure) != token) __builtin_trap();
  }
  return 0;
}
