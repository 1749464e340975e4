// One client's connection: reads heads and bodies, hands them to the workers, writes responses. Included by
// the two files that know Asio only.
//
// With TLS the handshake comes first (transport.h); everything after it is the same.
//
// Life of a request (each arrow is a hop between the connection's strand and the worker pool):
//   head read -> [begin, and the body where it is all here] -> pieces read -> [write] ... [finish] ->
//   response written
//   -> next head. One job at a time runs for a connection; meanwhile at most one more piece is read ahead.
//
// Time limits: the server's sweep calls check_deadline() a few times a second; no timer is armed per read.
//
// Thread safety: everything runs on the strand, but for the three calls marked "any thread".
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "net/chunked_body.h"
#include "net/exchange.h"
#include "net/head_parser.h"
#include "net/http.h"
#include "net/server.h"
#include "net/transport.h"
#include "net/worker_pool.h"

namespace eyrie::net {

class Connection;

// What all connections of a server share.
struct ServerShared {
  ServerShared(const ServerOptions& o, Handler& h) : options(o), handler(h), pool(o.workers, o.waiting_workers), handshakes(o.tls ? 1 : 0), read_ahead_left(static_cast<std::int64_t>(o.max_read_ahead)) {}

  const ServerOptions options;
  Handler& handler;
  WorkerPool pool;
  WorkerPool handshakes;  // one thread, none where there is no TLS
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused_busy{0};
  std::atomic<std::uint64_t> bad_requests{0};
  std::atomic<std::uint64_t> failed_handshakes{0};
  std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::int64_t> read_ahead_left{0};  // bytes that long answers may hold beyond the usual
  std::move_only_function<void(Connection*)> on_closed;  // set before the first connection
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Strand = Transport::Strand;
  using Socket = Transport::Socket;

  Connection(Socket socket, ServerShared& shared);

  void start();   // any thread, once
  void refuse();  // instead of start(): answers 503 and closes; with TLS only closes

  void check_deadline(std::int64_t now_ms);  // any thread
  void finish_soon();                        // any thread: closes where idle, else after the response at hand
  void close_now();                          // any thread

 private:
  enum class Phase { kHandshake, kHead, kBegin, kBody, kResponse, kDraining, kLingering, kClosed };
  struct Piece {
    std::unique_ptr<std::uint8_t[]> data;
    std::size_t capacity = 0;
    std::size_t size = 0;
  };
  // What a job on the pool came back with.
  struct Outcome {
    std::optional<Response> response;
    Result<ByteView> first_bytes = ByteView();  // of the response's source; the exchange holds them
  };
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  static constexpr std::size_t kSourceBytes = 128 << 10;  // and as many again that are read meanwhile

  void on_handshake(boost::system::error_code error);

  // The request.
  void read_head();
  void on_head(std::size_t head_bytes);
  void begin_exchange(RequestHead head);
  void on_begun(Outcome outcome);
  void send_continue();
  void write_continue(ByteView left);
  void pump_body();
  bool take_buffered();
  bool take_chunked();
  void ensure_piece();
  void hand_piece();
  void on_piece_done(Outcome outcome);
  void read_body();
  void on_body_read(std::size_t size, std::int64_t waited_ms);
  bool body_too_slow(std::int64_t waited_ms);
  std::size_t buffered() const { return in_end_ - in_begin_; }
  void make_room(std::size_t most);
  template <typename OnSize>
  void read_some(std::uint8_t* into, std::size_t size, OnSize on_size);
  Outcome settle(std::optional<Response> response);

  // The answer and the end.
  void respond(Outcome outcome);
  void refuse_request(int status, std::string_view reason);
  void refuse_busy();
  bool may_keep_alive(const Response& response) const;
  void write_more();
  void on_batch_written();
  void read_ahead();
  void grow_source_piece();
  void on_source_read(const Result<ByteView>& bytes);
  void send_source_bytes(const Result<ByteView>& bytes);
  void put_source_bytes(ByteView bytes);
  void finish_response();
  void drain();
  void linger();
  void read_lingering();
  void next_request();
  void on_deadline();
  void close();
  void dispose(Outcome outcome);
  void set_deadline(std::chrono::milliseconds from_now);
  void clear_deadline() { deadline_ms_.store(kNever, std::memory_order_relaxed); }

  Transport transport_;
  ServerShared& shared_;
  std::string peer_;
  std::uint16_t peer_port_;
  std::atomic<std::int64_t> deadline_ms_{kNever};  // steady clock; read by the sweep
  Phase phase_ = Phase::kHead;

  // Bytes received and not yet taken.
  std::vector<std::uint8_t> in_;
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  HeadScanner scanner_;

  // The request at hand.
  std::shared_ptr<Exchange> exchange_;
  std::string request_id_;
  int minor_version_ = 1;
  bool keep_alive_ = true;
  bool head_method_ = false;
  bool expect_continue_ = false;  // and 100 not sent yet
  bool chunked_ = false;
  bool body_done_ = true;
  bool reading_ = false;  // an async read is under way
  bool job_running_ = false;
  std::uint64_t body_left_ = 0;  // of Content-Length
  ChunkedBody chunked_body_;
  Piece filling_;
  Piece handed_;
  std::size_t piece_target_ = 0;  // capacity of the next piece
  std::uint64_t body_received_ = 0;
  std::int64_t body_waited_ms_ = 0;  // for the client
  std::uint64_t drained_ = 0;

  // The response at hand.
  std::string out_head_;
  std::string out_body_;
  std::string chunk_head_;
  Transport::Parts out_{};
  bool source_left_ = false;
  std::size_t source_piece_ = kSourceBytes;  // how much of the source is read at once; what two are more than usual is of shared_.read_ahead_left
  bool out_written_ = false;               // and the source's next bytes are waited for
  std::optional<Result<ByteView>> ahead_;   // read while out_ is being written; the exchange holds them
  bool out_chunked_ = false;
  bool close_after_ = false;
};

std::int64_t steady_ms();

}  // namespace eyrie::net
