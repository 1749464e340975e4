// MD5 (RFC 1321) of a message that comes in pieces, and of several such messages at once (md5_blocks.h says why).
//
//   Md5Stream stream;
//   stream.update(piece);
//   std::array<std::uint8_t, 16> value = stream.digest();   // of all so far; more may follow
//
// MD5 tells an object's bytes from others that came by chance, no more: S3's ETag asks for it. Thread safety: one object is one thread's
// at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "crypto/md5/md5_blocks.h"

namespace eyrie::crypto {

class Md5Stream {
 public:
  using Value = std::array<std::uint8_t, 16>;

  void update(ByteView bytes);
  Value digest() const;

  struct Piece {
    Md5Stream* stream;
    ByteView bytes;
  };
  // As update() of each; at most kMd5Lanes pieces, of different streams.
  static void update(std::span<const Piece> pieces);

 private:
  // Takes what completes the block at hand; answers whole blocks as a lane and keeps what is behind them.
  Md5Lane begin(ByteView bytes);

  Md5State state_ = kMd5Start;
  std::uint64_t size_ = 0;
  std::array<std::uint8_t, kMd5Block> partial_{};  // its first size_ % 64 bytes are not taken yet
};

}  // namespace eyrie::crypto
