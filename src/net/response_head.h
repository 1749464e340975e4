// Writes the status line and header fields of a response. Content-Length, Transfer-Encoding, Date, Server and
// Connection are the server's: what a handler set under these names is dropped, and so is a field that would
// break the form (a line end in a value), which is logged. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/http.h"

namespace eyrie::net {

struct ResponseFraming {
  bool close = false;
  bool keep_alive_1_0 = false;  // say "Connection: keep-alive" to an HTTP/1.0 client
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
};

std::string format_response_head(const Response& response, const ResponseFraming& framing,
                                 std::string_view request_id);

// 204, 304 and 1xx never have a body.
bool status_has_body(int status);
std::string_view reason_phrase(int status);

}  // namespace eyrie::net
