#include "net/chunked_body.h"

#include <algorithm>
#include <cstring>

namespace eyrie::net {
namespace {

constexpr unsigned kMaxSizeDigits = 16;
constexpr unsigned kMaxChunkHeader = 256;
constexpr unsigned kMaxTrailer = 8 << 10;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

}  // namespace

std::expected<ChunkedBody::Step, std::string_view> ChunkedBody::decode(ByteView in,
                                                                       std::span<std::uint8_t> out) {
  Step step;
  while (step.consumed < in.size() && state_ != State::kDone) {
    if (state_ != State::kData) {
      if (!take(static_cast<char>(in[step.consumed])))
        return std::unexpected("The chunked body is malformed.");
      ++step.consumed;
      continue;
    }
    const std::size_t room = std::min(in.size() - step.consumed, out.size() - step.produced);
    if (room == 0) break;
    const auto run = static_cast<std::size_t>(std::min<std::uint64_t>(room, left_));
    std::memcpy(out.data() + step.produced, in.data() + step.consumed, run);
    step.consumed += run;
    step.produced += run;
    left_ -= run;
    if (left_ == 0) state_ = State::kDataCr;
  }
  return step;
}

bool ChunkedBody::take(char c) {
  switch (state_) {
    case State::kSize:
      return take_size(c);
    case State::kExtension:
      if (c == '\r') state_ = State::kSizeEnd;
      return (c == '\r' || !control(c)) && ++header_bytes_ <= kMaxChunkHeader;
    case State::kSizeEnd:
      state_ = left_ > 0 ? State::kData : State::kTrailer;
      digits_ = 0;
      header_bytes_ = 0;
      return c == '\n';
    case State::kDataCr:
      state_ = State::kDataLf;
      return c == '\r';
    case State::kDataLf:
      state_ = State::kSize;
      return c == '\n';
    case State::kTrailer:
      return take_trailer(c);
    case State::kTrailerLf:
      state_ = trailer_line_ == 0 ? State::kDone : State::kTrailer;
      trailer_line_ = 0;
      return c == '\n';
    default:
      return false;
  }
}

bool ChunkedBody::take_size(char c) {
  if (const int value = hex_value(c); value >= 0) {
    left_ = left_ << 4 | static_cast<std::uint64_t>(value);
    return ++digits_ <= kMaxSizeDigits;
  }
  if (digits_ == 0) return false;
  if (c == '\r') {
    state_ = State::kSizeEnd;
    return true;
  }
  state_ = State::kExtension;
  return c == ';';
}

bool ChunkedBody::take_trailer(char c) {
  if (++trailer_bytes_ > kMaxTrailer) return false;
  if (c == '\r') {
    state_ = State::kTrailerLf;
    return true;
  }
  // A line that starts with white space would be a folded one.
  const bool folded = trailer_line_ == 0 && (c == ' ' || c == '\t');
  ++trailer_line_;
  return !folded && !control(c);
}

}  // namespace eyrie::net
