// aws-chunked bodies as a hostile client could send them, in pieces of a size that the first byte tells. The
// signed modes run with a fixed seed: what is looked for is their parsing.
#include <algorithm>

#include "aws/chunked.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static constexpr aws::PayloadMode kModes[] = {aws::PayloadMode::kSignedChunks,
                                                aws::PayloadMode::kSignedChunksTrailer,
                                                aws::PayloadMode::kUnsignedChunksTrailer};
  aws::ChunkedOptions options{
      .mode = kModes[data[0] % 3], .seed = aws::VerifiedSignature{}, .decoded_length = {}};
  if ((data[0] & 0x80) != 0) options.decoded_length = data[1];
  std::size_t decoded = 0;
  auto decoder = aws::ChunkedDecoder::create(options, [&decoded](ByteView bytes) {
    decoded += bytes.size();
    return Status();
  });
  const std::size_t piece = 1 + data[1] % 64;
  ByteView rest(data + 2, size - 2);
  Status status;
  while (!rest.empty() && status) {
    status = (*decoder)->feed(rest.first(std::min(piece, rest.size())));
    rest = rest.subspan(std::min(piece, rest.size()));
  }
  if (status) status = (*decoder)->finish();
  // A body never grows, and one that is taken is as long as was told.
  if (decoded > size || (status && options.decoded_length && decoded != *options.decoded_length))
    __builtin_trap();
  return 0;
}
