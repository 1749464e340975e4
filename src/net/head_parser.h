// Reads the head of an HTTP/1.1 request, strictly: what two readers could take for two different requests is
// refused.
//
// Refused with 400: bare LF or CR, NUL and other control characters, white space before a colon, folded
// lines, two Content-Length (even equal ones), Content-Length beside Transfer-Encoding, any transfer coding
// but a single "chunked", Transfer-Encoding in HTTP/1.0, no Host or two, a target that does not start with
// '/', bytes beyond visible ASCII in the target. 413..: 414 target too long, 431 too many fields, 501 an
// unknown method, 505 another version.
//
// Why not Boost.Beast's parser: it accepts folded lines, "gzip" and "chunked, chunked" codings, repeated
// equal lengths, missing and repeated Host, codings in HTTP/1.0. A check that refuses all these has read the
// whole head already.
//
// Source: RFC 9112, sections 2 to 6; RFC 9110, section 5. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "net/http.h"

namespace eyrie::net {

inline constexpr std::size_t kMaxTargetBytes = 8 << 10;
inline constexpr std::size_t kMaxFields = 512;  // 2 KB of user metadata in headers as short as can be, and some

struct ParsedHead {
  RequestHead head;       // peer, secure, id and received_ms are the server's to fill
  int minor_version = 1;  // of HTTP/1.x
  bool keep_alive = true;
  bool expect_continue = false;
};

struct HeadProblem {
  int status;
  std::string_view reason;  // one sentence for the client
};

// Finds the end of a head in bytes that come bit by bit: remembers how far it has looked.
class HeadScanner {
 public:
  // Bytes of the head with its empty line, once it is all there; 0: more is needed. A problem where a line
  // ends without CR: then no end may ever come. `bytes` is all that has come so far.
  std::expected<std::size_t, HeadProblem> scan(std::string_view bytes);

 private:
  std::size_t line_start_ = 0;
};

// `bytes` is a whole head as HeadScanner found it.
std::expected<ParsedHead, HeadProblem> parse_head(std::string_view bytes);

// RFC 9110's token: what names of fields and methods are made of.
bool is_token(std::string_view text);
// No control characters but tab: what a field's value may hold.
bool is_field_value(std::string_view text);

}  // namespace eyrie::net
