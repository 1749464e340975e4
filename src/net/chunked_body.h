// Decodes a body sent with Transfer-Encoding: chunked, bit by bit and strictly: CRLF everywhere, hexadecimal
// sizes of at most 16 digits, chunk headers of at most 256 bytes (extensions are skipped), trailers of at
// most 8 KiB (dropped).
//
// Source: RFC 9112, section 7.1. Not thread-safe: one decoder a body.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace eyrie::net {

class ChunkedBody {
 public:
  struct Step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
  };
  // Decodes from `in` into `out` until one of them is used up or the body ends. The error is a reason for the
  // client.
  std::expected<Step, std::string_view> decode(ByteView in, std::span<std::uint8_t> out);
  bool done() const { return state_ == State::kDone; }

 private:
  enum class State { kSize, kExtension, kSizeEnd, kData, kDataCr, kDataLf, kTrailer, kTrailerLf, kDone };
  // Takes one byte of framing; false where it breaks the form.
  bool take(char c);
  bool take_size(char c);
  bool take_trailer(char c);

  State state_ = State::kSize;
  std::uint64_t left_ = 0;     // bytes of the chunk at hand
  unsigned digits_ = 0;        // of the size at hand
  unsigned header_bytes_ = 0;  // of the chunk header at hand
  unsigned trailer_bytes_ = 0;
  unsigned trailer_line_ = 0;  // bytes of the trailer line at hand
};

}  // namespace eyrie::net
