#include "api/common/compressed_body.h"

#include <zlib.h>

#include <memory>

namespace eyrie::api {
namespace {

Result<Bytes> gunzip(ByteView packed, std::size_t most) {
  constexpr int kGzipAlone = 16 + MAX_WBITS;
  constexpr std::size_t kPiece = 64 << 10;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipAlone) != Z_OK) return fail(Code::kUnavailable, "no memory is left for this request");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ends(&stream, inflateEnd);
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  Bytes out;
  int state = Z_OK;
  while (state == Z_OK) {
    const std::size_t before = out.size();
    if (before > most) return fail(Code::kTooLarge, "the request is too long");
    out.resize(before + kPiece);
    stream.next_out = out.data() + before;
    stream.avail_out = kPiece;
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(before + kPiece - stream.avail_out);
  }
  if (state != Z_STREAM_END || stream.avail_in != 0) return fail(Code::kInvalidArgument, "the body is no gzip");
  if (out.size() > most) return fail(Code::kTooLarge, "the request is too long");
  return out;
}

}  // namespace

Result<Bytes> plain_body(const net::RequestHead& head, Bytes body, std::size_t most) {
  const std::string_view encoding = head.headers.get("Content-Encoding");
  if (encoding.empty() || encoding == "identity") return body;
  if (encoding != "gzip") return fail(Code::kUnsupported, "this content encoding is not known");
  return gunzip(body, most);
}

}  // namespace eyrie::api
