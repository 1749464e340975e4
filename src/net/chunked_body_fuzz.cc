// Chunked bodies: pieces of any size must decode alike, and never to more than came in.
#include <algorithm>
#include <optional>
#include <string>

#include "net/chunked_body.h"

using namespace eyrie;

namespace {

// What a body decodes to; nullopt where it is refused.
std::optional<std::string> decode(ByteView in, std::size_t in_piece, std::size_t out_piece) {
  net::ChunkedBody body;
  std::string out;
  Bytes buffer(out_piece);
  while (!in.empty() && !body.done()) {
    const auto step = body.decode(in.first(std::min(in_piece, in.size())), buffer);
    if (!step) return std::nullopt;
    if (step->consumed == 0 && step->produced == 0) __builtin_trap();
    out += as_text(ByteView(buffer).first(step->produced));
    in = in.subspan(step->consumed);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView in(data + 2, size - 2);
  const auto whole = decode(in, in.size() + 1, in.size() + 1);
  if (whole && whole->size() > in.size()) __builtin_trap();
  if (decode(in, 1 + data[0] % 32, 1 + data[1] % 32) != whole) __builtin_trap();
  return 0;
}
