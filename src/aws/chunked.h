// aws-chunked bodies: what the SDKs send with Content-Encoding aws-chunked, decoded piece by piece.
//
//   <hex size>[;chunk-signature=<64 hex>]\r\n <data> \r\n ... 0[;chunk-signature=...]\r\n
//   [name:value\r\n ...] [x-amz-trailer-signature:<64 hex>\r\n] \r\n
//
// Three kinds: signed chunks, signed chunks with a signed trailer, unsigned chunks with a trailer. Data goes
// out as it comes in, before its chunk's signature is known: commit nothing before finish() says well.
// Bounded: chunk header 256 bytes, trailer 8 KiB and 16 fields; no data is buffered.
//
// Source: AWS documentation, "Signature calculations for the authorization header: transferring a payload in
// multiple chunks (with trailing headers)". Not thread-safe: one decoder a request.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/sigv4.h"
#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::aws {

struct ChunkedOptions {
  PayloadMode mode = PayloadMode::kUnsignedChunksTrailer;
  // For the signed modes: from check_signature().
  std::optional<VerifiedSignature> seed;
  // x-amz-decoded-content-length; a body of another length is refused.
  std::optional<std::uint64_t> decoded_length;
};

class ChunkedDecoder {
 public:
  // Called with each run of decoded bytes; its error ends the decoding.
  using Output = std::function<Status(ByteView)>;

  // kInvalidArgument where the mode is not a chunked one or a signed mode has no seed.
  static Result<std::unique_ptr<ChunkedDecoder>> create(ChunkedOptions options, Output output);
  ~ChunkedDecoder();

  // kInvalidArgument: malformed, or longer than told. kUnauthenticated: a signature does not match.
  Status feed(ByteView piece);
  // kInvalidArgument where the body ended early or its length is not as told.
  Status finish();

  // Whether all of the data has come, so that what is malformed is the trailer.
  bool at_trailer() const;

  // Trailer fields but for the signature, names in lower case. Complete after finish().
  const std::vector<std::pair<std::string, std::string>>& trailers() const;
  std::uint64_t decoded_bytes() const;

 private:
  class Impl;
  explicit ChunkedDecoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The inverse, for tests and remote adapters: a whole body in chunks of `chunk_size`.
std::string encode_chunked(ByteView body, std::size_t chunk_size, const ChunkedOptions& options,
                           const std::vector<std::pair<std::string, std::string>>& trailers = {});

}  // namespace eyrie::aws
