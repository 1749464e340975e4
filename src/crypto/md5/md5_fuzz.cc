// Cuts the input into pieces of up to eight messages, as its first bytes say, and compares with OpenSSL's MD5.
#include <vector>

#include "crypto/digest.h"
#include "crypto/md5/md5_stream.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView left(data, size);
  if (left.empty()) return 0;
  const std::size_t count = 1 + left[0] % crypto::kMd5Lanes;
  left = left.subspan(1);
  std::array<crypto::Md5Stream, crypto::kMd5Lanes> streams;
  std::array<Bytes, crypto::kMd5Lanes> whole;
  while (left.size() > count) {
    std::vector<crypto::Md5Stream::Piece> pieces;
    ByteView content = left.subspan(count);
    for (std::size_t i = 0; i < count; ++i) {
      const ByteView piece = content.first(std::min<std::size_t>(content.size(), left[i]));
      content = content.subspan(piece.size());
      whole[i].insert(whole[i].end(), piece.begin(), piece.end());
      pieces.push_back({&streams[i], piece});
    }
    crypto::Md5Stream::update(pieces);
    left = content;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (streams[i].digest() != crypto::md5(whole[i])) __builtin_trap();
  }
  return 0;
}
