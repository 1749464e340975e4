// Request heads, against Boost.Beast's parser: what ours takes, Beast must take too and read alike. The
// reverse does not hold: ours is the stricter.
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "net/head_parser.h"

using namespace eyrie;
namespace http = boost::beast::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = as_text({data, size});
  net::HeadScanner scanner;
  const auto end = scanner.scan(bytes);
  if (!end || *end == 0) return 0;
  const auto parsed = net::parse_head(bytes.substr(0, *end));
  if (!parsed) return 0;

  http::request_parser<http::empty_body> beast;
  beast.header_limit(1 << 20);
  beast.body_limit(boost::none);
  boost::system::error_code error;
  beast.put(boost::asio::buffer(data, *end), error);
  if (error || !beast.is_header_done()) __builtin_trap();
  const auto& theirs = beast.get();
  const net::RequestHead& ours = parsed->head;
  if (theirs.method_string() != ours.method || theirs.target() != ours.target) __builtin_trap();
  if (beast.chunked() != ours.chunked) __builtin_trap();
  // Beast looks at one of several Connection fields only.
  const bool one_connection = ours.headers.count("Connection") <= 1;
  if (one_connection && theirs.keep_alive() != parsed->keep_alive) __builtin_trap();
  const auto length = beast.content_length();
  if (length.has_value() != ours.content_length.has_value()) __builtin_trap();
  if (length && *length != *ours.content_length) __builtin_trap();
  for (const auto& [name, value] : ours.headers) {
    if (ours.headers.count(name) == 1 && theirs[name] != value) __builtin_trap();
  }
  return 0;
}
