#include "aws/chunked.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::aws {
namespace {

constexpr std::size_t kMaxChunkHeader = 256;
constexpr std::size_t kMaxTrailerBytes = 8 << 10;
constexpr std::size_t kMaxTrailers = 16;
constexpr std::size_t kMaxSizeDigits = 16;
constexpr std::string_view kSignatureField = "chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

bool is_signed(PayloadMode mode) {
  return mode == PayloadMode::kSignedChunks || mode == PayloadMode::kSignedChunksTrailer;
}
bool has_trailer(PayloadMode mode) {
  return mode != PayloadMode::kSignedChunks;
}

std::string chunk_signature(const VerifiedSignature& seed, std::string_view previous,
                            std::string_view data_hash) {
  std::string text = "AWS4-HMAC-SHA256-PAYLOAD\n";
  text.append(seed.amz_date).append("\n").append(seed.scope).append("\n").append(previous).append("\n");
  text.append(kEmptySha256).append("\n").append(data_hash);
  return sign_string(seed.signing_key, text);
}

std::string trailer_signature(const VerifiedSignature& seed, std::string_view previous,
                              std::string_view trailer) {
  std::string text = "AWS4-HMAC-SHA256-TRAILER\n";
  text.append(seed.amz_date).append("\n").append(seed.scope).append("\n").append(previous).append("\n");
  text += hex_encode(crypto::sha256(as_bytes(trailer)));
  return sign_string(seed.signing_key, text);
}

bool same(std::string_view a, std::string_view b) {
  return crypto::constant_time_equal(as_bytes(a), as_bytes(b));
}

// 1 to 16 hexadecimal digits.
std::optional<std::uint64_t> parse_size(std::string_view digits) {
  if (digits.empty() || digits.size() > kMaxSizeDigits) return std::nullopt;
  std::uint64_t size = 0;
  for (const char c : digits) {
    const int value = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (value < 0) return std::nullopt;
    size = size << 4 | static_cast<std::uint64_t>(value);
  }
  return size;
}

}  // namespace

class ChunkedDecoder::Impl {
 public:
  Impl(ChunkedOptions options, Output output) : options_(std::move(options)), output_(std::move(output)) {
    if (options_.seed) previous_ = options_.seed->seed_signature;
  }

  Status feed(ByteView piece) {
    while (!piece.empty()) {
      if (state_ == State::kDone) return malformed("bytes after its end");
      std::size_t used = 0;
      EYRIE_TRY(used, state_ == State::kData ? data(piece) : take_line(piece));
      piece = piece.subspan(used);
    }
    return {};
  }

  Status finish() {
    if (state_ != State::kDone) return malformed("its end is missing");
    if (options_.decoded_length && decoded_ != *options_.decoded_length) {
      return malformed("its length is not the x-amz-decoded-content-length");
    }
    return {};
  }

  const std::vector<std::pair<std::string, std::string>>& trailers() const { return trailers_; }
  std::uint64_t decoded() const { return decoded_; }
  bool at_trailer() const { return state_ == State::kTrailer; }

 private:
  // kDataEnd: the line end behind a chunk's data. kTrailer: trailer lines up to the empty one.
  enum class State { kHeader, kData, kDataEnd, kTrailer, kDone };

  static std::unexpected<Error> malformed(std::string_view why) {
    return fail(Code::kInvalidArgument, "The aws-chunked body is malformed: " + std::string(why) + ".");
  }

  Result<std::size_t> data(ByteView piece) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), left_));
    const ByteView run = piece.first(size);
    if (is_signed(options_.mode)) hash_.update(run);
    EYRIE_CHECK_OK(output_(run));
    left_ -= size;
    decoded_ += size;
    if (left_ == 0) {
      EYRIE_CHECK_OK(end_of_chunk());
      state_ = State::kDataEnd;
    }
    return size;
  }

  // Gathers a line up to its end and acts on it.
  Result<std::size_t> take_line(ByteView piece) {
    const std::string_view text = as_text(piece);
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    const std::size_t limit = state_ == State::kTrailer ? kMaxTrailerBytes - trailer_bytes_ : kMaxChunkHeader;
    if (size > limit - std::min(line_.size(), limit)) return malformed("a line is too long");
    line_.append(text.substr(0, size));
    if (end == std::string_view::npos) return size;
    const bool carriage_return = line_.size() >= 2 && line_[line_.size() - 2] == '\r';
    if (!carriage_return && state_ != State::kTrailer) return malformed("a line does not end with CRLF");
    if (state_ == State::kTrailer) trailer_bytes_ += line_.size();
    line_.resize(line_.size() - (carriage_return ? 2 : 1));
    EYRIE_CHECK_OK(line(carriage_return));
    line_.clear();
    return size;
  }

  Status line(bool carriage_return) {
    switch (state_) {
      case State::kHeader:
        return header();
      case State::kDataEnd:
        if (!line_.empty()) return malformed("a chunk is longer than its size");
        state_ = State::kHeader;
        return {};
      default:
        return trailer(carriage_return);
    }
  }

  Status header() {
    const std::size_t semicolon = std::min(line_.find(';'), line_.size());
    const auto size = parse_size(std::string_view(line_).substr(0, semicolon));
    if (!size) return malformed("a chunk size is no hexadecimal number");
    if (*size > ~decoded_ || (options_.decoded_length && decoded_ + *size > *options_.decoded_length)) {
      return malformed("it is longer than the x-amz-decoded-content-length");
    }
    if (is_signed(options_.mode)) {
      const std::string_view field = std::string_view(line_).substr(std::min(semicolon + 1, line_.size()));
      if (!field.starts_with(kSignatureField)) return malformed("a chunk has no chunk-signature");
      claimed_ = field.substr(kSignatureField.size());
    }
    left_ = *size;
    if (left_ > 0) {
      state_ = State::kData;
      return {};
    }
    EYRIE_CHECK_OK(end_of_chunk());
    state_ = State::kTrailer;
    return {};
  }

  Status end_of_chunk() {
    if (!is_signed(options_.mode)) return {};
    const std::string expected = chunk_signature(*options_.seed, previous_, hex_encode(hash_.finish()));
    if (!same(expected, claimed_)) return fail(Code::kUnauthenticated, "A chunk's signature does not match.");
    previous_ = expected;
    return {};
  }

  Status trailer(bool carriage_return) {
    // One widespread client ends a trailer field with LF CR LF: the second line end belongs to the first.
    if (line_.empty() && after_bare_lf_ && carriage_return) {
      after_bare_lf_ = false;
      return {};
    }
    if (after_bare_lf_) return malformed("a line does not end with CRLF");
    after_bare_lf_ = !carriage_return;
    if (line_.empty()) return carriage_return ? end_of_trailer() : malformed("a line does not end with CRLF");
    if (!has_trailer(options_.mode)) return malformed("it has a trailer that was not announced");
    const std::size_t colon = line_.find(':');
    if (colon == 0 || colon == std::string::npos) return malformed("a trailer field has no name");
    std::string name = lower_case(std::string_view(line_).substr(0, colon));
    std::string value(trimmed(std::string_view(line_).substr(colon + 1)));
    if (name == kTrailerSignature) {
      if (!claimed_trailer_.empty()) return malformed("it has two trailer signatures");
      claimed_trailer_ = std::move(value);
      return {};
    }
    if (!claimed_trailer_.empty()) return malformed("a trailer field follows the trailer's signature");
    if (trailers_.size() == kMaxTrailers) return malformed("it has too many trailer fields");
    signed_trailer_.append(name).append(":").append(value).append("\n");
    trailers_.emplace_back(std::move(name), std::move(value));
    return {};
  }

  Status end_of_trailer() {
    if (options_.mode == PayloadMode::kSignedChunksTrailer &&
        !same(trailer_signature(*options_.seed, previous_, signed_trailer_), claimed_trailer_)) {
      return fail(Code::kUnauthenticated, "The trailer's signature does not match.");
    }
    state_ = State::kDone;
    return {};
  }

  const ChunkedOptions options_;
  const Output output_;
  State state_ = State::kHeader;
  std::string line_;
  std::uint64_t left_ = 0;  // of the chunk at hand
  std::uint64_t decoded_ = 0;
  crypto::Sha256 hash_;
  std::string previous_;  // signature of what came before
  std::string claimed_;   // signature of the chunk at hand
  std::string claimed_trailer_;
  std::string signed_trailer_;
  std::size_t trailer_bytes_ = 0;
  bool after_bare_lf_ = false;
  std::vector<std::pair<std::string, std::string>> trailers_;
};

Result<std::unique_ptr<ChunkedDecoder>> ChunkedDecoder::create(ChunkedOptions options, Output output) {
  if (!is_chunked(options.mode)) return fail(Code::kInvalidArgument, "The payload is not aws-chunked.");
  if (is_signed(options.mode) && !options.seed)
    return fail(Code::kInvalidArgument, "Signed chunks need a seed signature.");
  auto impl = std::make_unique<Impl>(std::move(options), std::move(output));
  return std::unique_ptr<ChunkedDecoder>(new ChunkedDecoder(std::move(impl)));
}

ChunkedDecoder::ChunkedDecoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChunkedDecoder::~ChunkedDecoder() = default;
Status ChunkedDecoder::feed(ByteView piece) {
  return impl_->feed(piece);
}
Status ChunkedDecoder::finish() {
  return impl_->finish();
}
bool ChunkedDecoder::at_trailer() const {
  return impl_->at_trailer();
}
const std::vector<std::pair<std::string, std::string>>& ChunkedDecoder::trailers() const {
  return impl_->trailers();
}
std::uint64_t ChunkedDecoder::decoded_bytes() const {
  return impl_->decoded();
}

std::string encode_chunked(ByteView body, std::size_t chunk_size, const ChunkedOptions& options,
                           const std::vector<std::pair<std::string, std::string>>& trailers) {
  std::string out;
  std::string previous = options.seed ? options.seed->seed_signature : "";
  for (bool last = false; !last;) {
    const ByteView chunk = body.first(std::min(chunk_size, body.size()));
    body = body.subspan(chunk.size());
    last = chunk.empty();
    char size[24];
    std::snprintf(size, sizeof size, "%zx", chunk.size());
    out += size;
    if (is_signed(options.mode)) {
      previous = chunk_signature(*options.seed, previous, hex_encode(crypto::sha256(chunk)));
      out.append(";").append(kSignatureField).append(previous);
    }
    out += "\r\n";
    if (!last) out.append(as_text(chunk)).append("\r\n");
  }
  std::string canonical;
  for (const auto& [name, value] : trailers) {
    out.append(name).append(":").append(value).append("\r\n");
    canonical.append(name).append(":").append(value).append("\n");
  }
  if (options.mode == PayloadMode::kSignedChunksTrailer) {
    out.append(kTrailerSignature)
        .append(":")
        .append(trailer_signature(*options.seed, previous, canonical))
        .append("\r\n");
  }
  return out + "\r\n";
}

}  // namespace eyrie::aws
