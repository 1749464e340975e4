#include "net/connection.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

#include "base/time/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "net/response_head.h"

namespace eyrie::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kIdleBuffer = 4 << 10;
constexpr std::size_t kChunkedInput = 16 << 10;
constexpr std::size_t kFirstPiece = 16 << 10;  // pieces grow fourfold from here: a slow client costs little
constexpr std::size_t kFirstSourceBytes = 64 << 10;
constexpr std::size_t kMostSourceBytes = 512 << 10;
constexpr std::uint64_t kDrainLimit = 1 << 20;  // of a body that nobody wants, so that the connection lives on
constexpr std::chrono::milliseconds kLingerTime{2000};
constexpr std::uint64_t kLingerLimit = 64ULL << 20;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

Response plain_refusal(int status, std::string_view reason) {
  return text_response(status, std::string(reason) + "\n");
}

}  // namespace

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Connection::Connection(Socket socket, ServerShared& shared)
    : transport_(std::move(socket), shared.options.tls, shared.handshakes), shared_(shared), peer_(transport_.peer()), peer_port_(transport_.peer_port()) {}

void Connection::start() {
  asio::post(transport_.executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::kClosed) return;
    if (self->shared_.stopping) return self->close();
    if (!self->transport_.secure()) return self->on_handshake({});
    self->phase_ = Phase::kHandshake;
    self->set_deadline(self->shared_.options.handshake_timeout);
    self->transport_.handshake(self->shared_.options.max_queued_handshakes,
                               [self](error_code error, std::size_t) { self->on_handshake(error); });
  });
}

void Connection::on_handshake(error_code error) {
  if (phase_ == Phase::kClosed) return;
  if (!error && shared_.stopping) return close();
  if (!error) {
    phase_ = Phase::kHead;
    set_deadline(shared_.options.head_timeout);
    return read_head();
  }
  if (error == asio::error::no_buffer_space) {
    ++shared_.refused_busy;
    return close();
  }
  // Whoever speaks something else (HTTP in clear, say) sees an end, not a reset: what they send is taken for a while.
  ++shared_.failed_handshakes;
  body_done_ = false;
  linger();
}

void Connection::refuse() {
  asio::post(transport_.executor(), [self = shared_from_this()] {
    // No answer without a handshake, and that is the work to be spared.
    if (self->transport_.secure()) {
      ++self->shared_.refused_busy;
      return self->close();
    }
    self->body_done_ = false;  // whatever the client sends is not read as a request
    self->refuse_busy();
  });
}

void Connection::check_deadline(std::int64_t now_ms) {
  if (now_ms < deadline_ms_.load(std::memory_order_relaxed)) return;
  asio::post(transport_.executor(), [self = shared_from_this()] { self->on_deadline(); });
}

void Connection::finish_soon() {
  asio::post(transport_.executor(), [self = shared_from_this()] {
    const bool idle = self->phase_ == Phase::kHead && self->buffered() == 0;
    if (idle || self->phase_ == Phase::kHandshake || self->phase_ == Phase::kLingering) self->close();
  });
}

void Connection::close_now() {
  asio::post(transport_.executor(), [self = shared_from_this()] { self->close(); });
}

// --- reading ---

// Moves what is buffered to the front and, where in_ is full, grows it up to `most`.
void Connection::make_room(std::size_t most) {
  if (in_begin_ > 0) {
    std::memmove(in_.data(), in_.data() + in_begin_, buffered());
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  if (in_end_ < in_.size() || in_.size() >= most) return;
  in_.resize(std::min(most, std::max(kIdleBuffer, in_.size() * 2)));
}

template <typename OnSize>
void Connection::read_some(std::uint8_t* into, std::size_t size, OnSize on_size) {
  reading_ = true;
  transport_.read_some(into, size, [self = shared_from_this(), on_size](error_code error, std::size_t got) {
    self->reading_ = false;
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->close();
    on_size(got);
  });
}

// Reads until a head is whole. Runs with phase_ == kHead.
void Connection::read_head() {
  const std::string_view bytes = as_text(ByteView(in_).subspan(in_begin_, buffered()));
  const auto head_bytes = scanner_.scan(bytes);
  if (!head_bytes) return refuse_request(head_bytes.error().status, head_bytes.error().reason);
  const std::size_t limit = shared_.options.max_header_bytes;
  if (*head_bytes > limit || (*head_bytes == 0 && bytes.size() >= limit)) {
    const bool in_request_line = bytes.find('\n') == std::string_view::npos;
    return in_request_line ? refuse_request(414, "The request target is too long.")
                           : refuse_request(431, "The request's header is too long.");
  }
  if (*head_bytes > 0) return on_head(*head_bytes);
  make_room(limit);
  const bool first_bytes = bytes.empty();
  read_some(in_.data() + in_end_, in_.size() - in_end_, [this, first_bytes](std::size_t size) {
    // The clock for a head starts with its first byte; before it the connection is idle.
    if (first_bytes) set_deadline(shared_.options.head_timeout);
    in_end_ += size;
    read_head();
  });
}

void Connection::on_head(std::size_t head_bytes) {
  clear_deadline();
  ++shared_.requests;
  auto parsed = parse_head(as_text(ByteView(in_).subspan(in_begin_, head_bytes)));
  if (!parsed) return refuse_request(parsed.error().status, parsed.error().reason);
  in_begin_ += head_bytes;
  RequestHead& head = parsed->head;
  request_id_ = eyrie::request_id();
  head.id = request_id_;
  head.peer = peer_;
  head.peer_port = peer_port_;
  head.secure = transport_.secure();
  head.tls_version = transport_.tls_version();
  head.received_ms = Clock::system().now_ms();
  minor_version_ = parsed->minor_version;
  keep_alive_ = parsed->keep_alive;
  head_method_ = head.method == "HEAD";
  expect_continue_ = parsed->expect_continue;
  chunked_ = head.chunked;
  chunked_body_ = {};
  body_left_ = head.content_length.value_or(0);
  body_done_ = !chunked_ && body_left_ == 0;
  piece_target_ = kFirstPiece;
  body_received_ = 0;
  body_waited_ms_ = 0;
  begin_exchange(std::move(head));
}

// Posts begin() and, where the whole body has come with the head, the rest of the exchange too. The job sees
// the body where it lies in in_, which nothing touches until the job is back.
void Connection::begin_exchange(RequestHead head) {
  phase_ = Phase::kBegin;
  exchange_ = std::make_shared<Exchange>(shared_.handler, request_id_);
  const bool whole = !chunked_ && body_left_ <= buffered();
  const ByteView body =
      whole ? ByteView(in_).subspan(in_begin_, static_cast<std::size_t>(body_left_)) : ByteView();
  WorkerPool::Job job = [self = shared_from_this(), head = std::move(head), whole, body]() mutable {
    auto response = self->exchange_->begin(std::move(head));
    if (!response && whole && !body.empty()) response = self->exchange_->write(body);
    if (!response && whole) response = self->exchange_->finish();
    asio::post(self->transport_.executor(), [self, outcome = self->settle(std::move(response))]() mutable {
      self->on_begun(std::move(outcome));
    });
  };
  job_running_ = true;
  ++shared_.in_flight;
  if (shared_.pool.try_post(job, shared_.options.max_queued)) {
    if (whole) {
      if (!body.empty()) expect_continue_ = false;
      in_begin_ += body.size();
      body_left_ = 0;
      body_done_ = true;
    }
    return;
  }
  job_running_ = false;
  --shared_.in_flight;
  exchange_.reset();
  refuse_busy();
}

// On the pool: takes the first bytes of the response's source, so that a small answer leaves in one write.
Connection::Outcome Connection::settle(std::optional<Response> response) {
  Outcome outcome{.response = std::move(response)};
  if (!outcome.response) return outcome;
  auto* source = std::get_if<std::unique_ptr<BodySource>>(&outcome.response->body);
  if (source == nullptr || head_method_ || !status_has_body(outcome.response->status)) return outcome;
  exchange_->set_source(std::move(*source), outcome.response->source_length);
  outcome.first_bytes = exchange_->read(kFirstSourceBytes);
  return outcome;
}

void Connection::on_begun(Outcome outcome) {
  job_running_ = false;
  if (phase_ == Phase::kClosed) return dispose(std::move(outcome));
  if (outcome.response) return respond(std::move(outcome));
  phase_ = Phase::kBody;
  if (expect_continue_ && buffered() == 0) return send_continue();
  expect_continue_ = false;
  pump_body();
}

void Connection::send_continue() {
  set_deadline(shared_.options.body_timeout);
  write_continue(as_bytes(kContinue));
}

void Connection::write_continue(ByteView left) {
  transport_.write_some({left}, [self = shared_from_this(), left](error_code error, std::size_t size) {
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->close();
    if (size < left.size()) return self->write_continue(left.subspan(size));
    self->expect_continue_ = false;
    self->pump_body();
  });
}

// Moves the body on: from what is buffered into pieces, from pieces to the worker, from the socket where more
// is wanted. One piece may be at the worker and one be filled meanwhile.
void Connection::pump_body() {
  for (;;) {
    ensure_piece();
    if (!body_done_ && filling_.size < filling_.capacity && !take_buffered()) {
      return refuse_request(400, "The chunked body is malformed.");
    }
    if (job_running_ || (!body_done_ && filling_.size < filling_.capacity)) break;
    hand_piece();
    if (body_done_) break;
  }
  if (!body_done_ && !reading_ && filling_.size < filling_.capacity) return read_body();
  if (!reading_) clear_deadline();
}

void Connection::ensure_piece() {
  if (body_done_ || filling_.size > 0) return;
  std::size_t wanted = std::min(piece_target_, shared_.options.piece_bytes);
  if (!chunked_) wanted = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, body_left_));
  if (filling_.capacity >= wanted || reading_) return;
  filling_.data = std::make_unique_for_overwrite<std::uint8_t[]>(wanted);
  filling_.capacity = wanted;
}

// False where the framing is broken.
bool Connection::take_buffered() {
  if (chunked_) return take_chunked();
  const std::size_t size = static_cast<std::size_t>(
      std::min<std::uint64_t>({filling_.capacity - filling_.size, buffered(), body_left_}));
  std::memcpy(filling_.data.get() + filling_.size, in_.data() + in_begin_, size);
  filling_.size += size;
  in_begin_ += size;
  body_left_ -= size;
  body_done_ = body_left_ == 0;
  return true;
}

bool Connection::take_chunked() {
  const auto step =
      chunked_body_.decode(ByteView(in_).subspan(in_begin_, buffered()),
                           std::span(filling_.data.get(), filling_.capacity).subspan(filling_.size));
  if (!step) return false;
  in_begin_ += step->consumed;
  filling_.size += step->produced;
  body_done_ = chunked_body_.done();
  return true;
}

void Connection::hand_piece() {
  std::swap(filling_, handed_);
  filling_.size = 0;
  piece_target_ = std::min(piece_target_ * 4, shared_.options.piece_bytes);
  job_running_ = true;
  shared_.pool.post([self = shared_from_this(), last = body_done_] {
    std::optional<Response> response;
    const ByteView piece(self->handed_.data.get(), self->handed_.size);
    if (!piece.empty()) response = self->exchange_->write(piece);
    if (!response && last) response = self->exchange_->finish();
    asio::post(self->transport_.executor(), [self, outcome = self->settle(std::move(response))]() mutable {
      self->on_piece_done(std::move(outcome));
    });
  });
}

void Connection::on_piece_done(Outcome outcome) {
  job_running_ = false;
  if (phase_ != Phase::kBody) return dispose(std::move(outcome));
  if (outcome.response) return respond(std::move(outcome));
  pump_body();
}

void Connection::read_body() {
  set_deadline(shared_.options.body_timeout);
  const std::int64_t since = steady_ms();
  const auto done = [this, since](std::size_t size) { on_body_read(size, steady_ms() - since); };
  if (chunked_) {
    make_room(kChunkedInput);
    return read_some(in_.data() + in_end_, in_.size() - in_end_, done);
  }
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(filling_.capacity - filling_.size, body_left_));
  read_some(filling_.data.get() + filling_.size, size, done);
}

void Connection::on_body_read(std::size_t size, std::int64_t waited_ms) {
  if (chunked_) {
    in_end_ += size;
  } else {
    filling_.size += size;
    body_left_ -= size;
    body_done_ = body_left_ == 0;
  }
  body_received_ += size;
  if (phase_ == Phase::kBody) {
    if (body_too_slow(waited_ms)) return refuse_request(408, "The body comes too slowly.");
    return pump_body();
  }
  // The handler answered meanwhile: these bytes belong to what is dropped.
  drained_ += size;
  if (phase_ == Phase::kDraining) return drain();
  if (phase_ == Phase::kLingering) return read_lingering();
}

// Only time spent waiting for the client counts, never ours.
bool Connection::body_too_slow(std::int64_t waited_ms) {
  body_waited_ms_ += waited_ms;
  const std::chrono::milliseconds grace = shared_.options.body_rate_grace;
  return body_waited_ms_ > grace.count() &&
         body_received_ * 1000 < shared_.options.min_body_rate * static_cast<std::uint64_t>(body_waited_ms_);
}

// --- answering ---

void Connection::refuse_request(int status, std::string_view reason) {
  if (status != 408) ++shared_.bad_requests;
  keep_alive_ = false;
  body_done_ = false;  // what follows is not to be understood
  if (phase_ == Phase::kHead || phase_ == Phase::kBegin) request_id_.clear();
  // A job may still be running for the exchange; it disposes of itself.
  respond({.response = plain_refusal(status, reason)});
}

void Connection::refuse_busy() {
  ++shared_.refused_busy;
  Response response = plain_refusal(503, "The server is busy. Try again.");
  response.headers.add("Retry-After", "1");
  respond({.response = std::move(response)});
}

// With a body that has not come yet the connection lives on only if little of it is left and the client sends
// it.
bool Connection::may_keep_alive(const Response& response) const {
  if (!keep_alive_ || response.close || shared_.stopping) return false;
  if (body_done_) return true;
  return !chunked_ && !expect_continue_ && body_left_ > 0 && body_left_ <= kDrainLimit;
}

void Connection::respond(Outcome outcome) {
  phase_ = Phase::kResponse;
  if (!outcome.first_bytes) {
    outcome = {.response = plain_refusal(500, "The server failed to read what was asked for.")};
  }
  Response& response = *outcome.response;
  const bool has_body = status_has_body(response.status) && !head_method_;
  const bool from_source = std::holds_alternative<std::unique_ptr<BodySource>>(response.body);
  const bool unknown_length = from_source && response.source_length == Response::kUnknownLength;
  out_body_ = from_source ? std::string() : std::move(std::get<std::string>(response.body));

  ResponseFraming framing;
  out_chunked_ = has_body && unknown_length && minor_version_ == 1;
  close_after_ = !may_keep_alive(response) || (has_body && unknown_length && !out_chunked_);
  framing.chunked = out_chunked_;
  framing.close = close_after_;
  framing.keep_alive_1_0 = minor_version_ == 0;
  if (status_has_body(response.status) && !unknown_length) {
    framing.content_length = from_source ? response.source_length : out_body_.size();
    if (head_method_ && response.announced_length) framing.content_length = response.announced_length;
  }
  out_head_ = format_response_head(response, framing, request_id_);
  // Nothing more is expected, but botocore waits for the 100 even so, and reads its next answer on this
  // connection wrongly where none comes.
  if (std::exchange(expect_continue_, false) && body_done_) out_head_.insert(0, kContinue);
  if (!has_body) out_body_.clear();

  out_ = {as_bytes(out_head_), as_bytes(out_body_), {}, {}};
  source_left_ = has_body && from_source;
  if (source_left_) put_source_bytes(*outcome.first_bytes);
  write_more();
}

// Lines up bytes of the source behind what is to be written.
void Connection::put_source_bytes(ByteView bytes) {
  source_left_ = !exchange_->source_ended();
  if (!out_chunked_) {
    out_[1] = bytes;
    return;
  }
  char head[24];
  std::snprintf(head, sizeof head, "%zx\r\n", bytes.size());
  chunk_head_ = bytes.empty() ? "" : head;
  out_[1] = as_bytes(chunk_head_);
  out_[2] = bytes;
  out_[3] = as_bytes(bytes.empty() ? kLastChunk : "\r\n");
}

void Connection::write_more() {
  if (std::ranges::all_of(out_, &ByteView::empty)) return on_batch_written();
  read_ahead();
  set_deadline(shared_.options.body_timeout);
  transport_.write_some(out_, [self = shared_from_this()](error_code error, std::size_t size) {
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->close();
    for (ByteView& part : self->out_) {
      const std::size_t gone = std::min(size, part.size());
      part = part.subspan(gone);
      size -= gone;
    }
    self->write_more();
  });
}

void Connection::on_batch_written() {
  clear_deadline();
  if (!source_left_) return finish_response();
  if (ahead_) return send_source_bytes(*std::exchange(ahead_, std::nullopt));
  out_written_ = true;
  read_ahead();
}

// The source's next bytes are read while those before are sent.
void Connection::read_ahead() {
  if (!source_left_ || job_running_ || ahead_) return;
  job_running_ = true;
  shared_.pool.post([self = shared_from_this(), most = source_piece_] {
    asio::post(self->transport_.executor(), [self, bytes = self->exchange_->read(most)] { self->on_source_read(bytes); });
  });
}

// Two threads wake each other once a piece, which takes about as long as reading 128 KB does: while there is memory for it, pieces of a long answer grow.
void Connection::grow_source_piece() {
  const auto more = static_cast<std::int64_t>(2 * source_piece_);  // two are held
  if (2 * source_piece_ > kMostSourceBytes) return;
  if (shared_.read_ahead_left.fetch_sub(more) < more) {
    shared_.read_ahead_left += more;
    return;
  }
  source_piece_ *= 2;
}

void Connection::on_source_read(const Result<ByteView>& bytes) {
  job_running_ = false;
  if (phase_ == Phase::kClosed) return dispose({});
  if (std::exchange(out_written_, false)) return send_source_bytes(bytes);
  ahead_ = bytes;
}

void Connection::send_source_bytes(const Result<ByteView>& bytes) {
  // The head is out: all that can be done is to break off, so that the client sees the body is not whole.
  if (!bytes) return close();
  if (bytes->size() == source_piece_) grow_source_piece();
  put_source_bytes(*bytes);
  write_more();
}

void Connection::finish_response() {
  out_head_.clear();
  out_body_ = {};
  if (!job_running_) dispose({});
  drained_ = 0;
  if (close_after_) return linger();
  if (!body_done_) {
    phase_ = Phase::kDraining;
    return drain();
  }
  next_request();
}

// Reads what is left of a body that nobody wants. Bounded: may_keep_alive() has looked at its length.
void Connection::drain() {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffered(), body_left_));
  in_begin_ += size;
  body_left_ -= size;
  if (body_left_ == 0) {
    body_done_ = true;
    return next_request();
  }
  if (reading_) return;
  set_deadline(shared_.options.body_timeout);
  make_room(kChunkedInput);
  read_some(in_.data() + in_end_, in_.size() - in_end_, [this](std::size_t got) {
    in_end_ += got;
    drain();
  });
}

// Ends the connection. Most clients send all of a body before they look for an answer, and would lose ours to a reset: their bytes are
// taken and dropped for a while.
void Connection::linger() {
  transport_.end_sending();
  if (body_done_ && buffered() == 0) return close();
  phase_ = Phase::kLingering;
  set_deadline(kLingerTime);
  if (!reading_) read_lingering();
}

void Connection::read_lingering() {
  in_begin_ = in_end_ = 0;
  if (drained_ > kLingerLimit) return close();
  make_room(kChunkedInput);
  read_some(in_.data(), in_.size(), [this](std::size_t size) {
    drained_ += size;
    read_lingering();
  });
}

void Connection::next_request() {
  if (shared_.stopping) return close();
  phase_ = Phase::kHead;
  request_id_.clear();
  scanner_ = {};
  filling_ = {};
  handed_ = {};
  out_written_ = false;
  ahead_.reset();
  if (buffered() == 0) {
    in_begin_ = in_end_ = 0;
    if (in_.size() > kIdleBuffer) in_ = std::vector<std::uint8_t>(kIdleBuffer);
  } else {
    make_room(in_.size());
  }
  set_deadline(buffered() == 0 ? shared_.options.idle_timeout : shared_.options.head_timeout);
  read_head();
}

// --- time and end ---

void Connection::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ms_.store(steady_ms() + from_now.count(), std::memory_order_relaxed);
}

void Connection::on_deadline() {
  if (phase_ == Phase::kClosed || steady_ms() < deadline_ms_.load(std::memory_order_relaxed)) return;
  if (phase_ == Phase::kHandshake) ++shared_.failed_handshakes;
  const bool partial_head = phase_ == Phase::kHead && buffered() > 0;
  const bool waiting_for_body = phase_ == Phase::kBody && !job_running_ && !expect_continue_;
  if (partial_head || waiting_for_body) return refuse_request(408, "The request did not come in time.");
  close();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  clear_deadline();
  transport_.close();
  if (!job_running_) dispose({});
  shared_.on_closed(this);
}

// Sinks and sources may do slow work when they go: on the pool, not here.
void Connection::dispose(Outcome outcome) {
  auto exchange = std::exchange(exchange_, nullptr);
  if (!exchange) return;
  --shared_.in_flight;
  shared_.read_ahead_left += static_cast<std::int64_t>(2 * (std::exchange(source_piece_, kSourceBytes) - kSourceBytes));
  shared_.pool.post([exchange = std::move(exchange), outcome = std::move(outcome)] {});
}

}  // namespace eyrie::net
