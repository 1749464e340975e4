#include "crypto/md5/md5_stream.h"

#include <algorithm>
#include <cstring>

namespace eyrie::crypto {

Md5Lane Md5Stream::begin(ByteView bytes) {
  const std::size_t held = size_ % kMd5Block;
  size_ += bytes.size();
  if (held > 0) {
    const std::size_t taken = std::min(bytes.size(), kMd5Block - held);
    std::copy_n(bytes.begin(), taken, partial_.begin() + static_cast<std::ptrdiff_t>(held));
    bytes = bytes.subspan(taken);
    if (held + taken < kMd5Block) return {};
    Md5Lane lane{&state_, partial_.data(), 1};
    md5_blocks({&lane, 1});
  }
  const std::size_t blocks = bytes.size() / kMd5Block;
  std::ranges::copy(bytes.subspan(blocks * kMd5Block), partial_.begin());
  return {&state_, bytes.data(), blocks};
}

void Md5Stream::update(ByteView bytes) {
  Md5Lane lane = begin(bytes);
  md5_blocks({&lane, 1});
}

void Md5Stream::update(std::span<const Piece> pieces) {
  std::array<Md5Lane, kMd5Lanes> lanes;
  for (std::size_t i = 0; i < pieces.size(); ++i) lanes[i] = pieces[i].stream->begin(pieces[i].bytes);
  md5_blocks(std::span(lanes).first(pieces.size()));
}

Md5Stream::Value Md5Stream::digest() const {
  Md5Stream copy = *this;
  std::array<std::uint8_t, 2 * kMd5Block> end{0x80};
  // One bit, zeros up to eight bytes before a block's end, then the length in bits.
  const std::size_t held = size_ % kMd5Block;
  const std::size_t padding = (held < kMd5Block - 8 ? kMd5Block : 2 * kMd5Block) - held;
  const std::uint64_t bits = size_ * 8;
  std::memcpy(end.data() + padding - 8, &bits, 8);
  copy.update(ByteView(end).first(padding));
  Value value;
  std::memcpy(value.data(), copy.state_.data(), value.size());
  return value;
}

}  // namespace eyrie::crypto
