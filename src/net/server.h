// The HTTP/1.1 server: Boost.Asio behind our own types, callbacks only.
//
// Threads: `io_threads` run sockets, timers and parsing; `workers` run handlers (see http.h). Neither kind
// ever waits for the other: a full work queue answers 503 with Retry-After at once, before the body is read.
//
// TLS handshakes have a thread of their own (transport.h).
//
// Bounds before work: time for a handshake, queued handshakes, header bytes, connections, queued requests, time to send a head, minimum body rate,
// idle time. A request that breaks HTTP (two Content-Length, Content-Length with Transfer-Encoding, bare CR,
// obs-fold, an unknown transfer coding, ...) gets 400 and its connection closes: nothing behind it is read as
// a request.
//
// Thread safety: start(), stop() from one thread; the counters from any.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/http.h"
#include "net/tls/tls_context.h"

namespace eyrie::net {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4566;  // 0: the system picks one
  unsigned io_threads = 1;
  unsigned workers = 8;
  unsigned waiting_workers = 0;   // more, for handlers that wait for other processes (net::WaitingElsewhere)
  std::size_t max_queued = 1024;  // exchanges waiting for a worker
  std::size_t max_connections = 4096;
  std::size_t max_header_bytes = 32 << 10;
  std::size_t piece_bytes = 256 << 10;  // body pieces handed to write()
  std::size_t max_read_ahead = 32 << 20;  // of all long answers together, beyond the 256 KiB that each may hold
  std::chrono::seconds head_timeout{20};
  std::chrono::seconds idle_timeout{75};
  std::chrono::seconds body_timeout{30};  // without any progress of the body
  std::size_t min_body_rate = 1024;       // bytes a second, averaged over the time spent waiting for the body
  std::chrono::seconds body_rate_grace{10};  // of waiting, before the rate counts
  std::shared_ptr<TlsContext> tls;           // null: plain HTTP. With it nothing but TLS is served
  std::chrono::seconds handshake_timeout{10};
  std::size_t max_queued_handshakes = 1024;  // steps of handshakes that wait for their thread; beyond, connections close
};

struct ServerCounters {
  std::uint64_t connections = 0;   // open now
  std::uint64_t requests = 0;      // heads read since start
  std::uint64_t refused_busy = 0;  // 503, or with TLS an end without an answer: the queue, the connections or the handshakes were full
  std::uint64_t bad_requests = 0;  // 400 by the parser
  std::uint64_t failed_handshakes = 0;  // of TLS
  std::uint64_t queued = 0;        // waiting now
  std::uint64_t in_flight = 0;     // exchanges begun and not yet answered
  std::uint64_t read_ahead = 0;    // bytes of max_read_ahead that are in use
};

class Server {
 public:
  // Binds and begins to serve. `handler` must outlive the server.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Handler& handler);
  ~Server();  // stops at once

  std::uint16_t port() const;
  ServerCounters counters() const;
  // Closes the listener, lets exchanges in flight end (at most `grace`), then closes what is left. Returns once no handler runs: `end_waits`, which is
  // called when the grace is over or all have ended, ends what handlers may wait for; their answers still go out. Idempotent.
  void stop(std::chrono::milliseconds grace, const std::function<void()>& end_waits = {});

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace eyrie::net
