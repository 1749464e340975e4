// A connection's bytes: the socket itself, or TLS over it. OpenSSL works on the socket directly, without buffers of
// Asio's between, so a connection that waits holds little memory.
//
// A handshake costs a signature, a millisecond with RSA: its steps run on a thread of their own (`handshakes`), which has a
// bounded queue, so that a flood of them neither holds up the I/O thread nor piles up. Nothing is allocated for TLS
// before the client's first byte. Records are read and written on the strand.
//
// Handlers get (error_code, size), on the strand, never from inside the call; each keeps the owner alive.
// Thread safety: everything on the strand.
#pragma once

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "net/tls/tls_context.h"
#include "net/worker_pool.h"

namespace eyrie::net {

class Transport {
 public:
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;
  using Error = boost::system::error_code;
  using Done = std::move_only_function<void(Error, std::size_t)>;
  using Parts = std::array<ByteView, 4>;

  // `tls` may be null: plain. `handshakes` must outlive it.
  Transport(Socket socket, std::shared_ptr<TlsContext> tls, WorkerPool& handshakes);

  Strand executor() { return socket_.get_executor(); }
  std::string peer() const;
  std::uint16_t peer_port() const;
  bool secure() const { return tls_ != nullptr; }
  // Of the handshake: "1.2", "1.3"; empty without TLS.
  std::string_view tls_version() const;

  // Once, first, where secure(). What fails leaves a transport that read_some() reads raw bytes from.
  void handshake(std::size_t max_queued, Done done);

  // `size` > 0. An error also where the client has ended.
  template <typename Handler>
  void read_some(std::uint8_t* into, std::size_t size, Handler handler) {
    if (session_) return read_records(into, size, std::move(handler));
    socket_.async_read_some(boost::asio::buffer(into, size), std::move(handler));
  }

  // Writes some of the parts. What was not written must come again, unchanged, with the next call.
  template <typename Handler>
  void write_some(const Parts& parts, Handler handler) {
    if (session_) return write_records(parts, std::move(handler));
    std::array<boost::asio::const_buffer, std::tuple_size_v<Parts>> buffers;
    for (std::size_t i = 0; i < parts.size(); ++i) buffers[i] = {parts[i].data(), parts[i].size()};
    socket_.async_write_some(buffers, std::move(handler));
  }

  // Tells the client that all was said (TLS too); afterwards read_some() reads raw bytes.
  void end_sending();
  void close();

 private:
  void handshake_step(Done done);
  void on_handshake_step(int reason, Done done);
  void read_records(std::uint8_t* into, std::size_t size, Done done);
  void write_records(const Parts& parts, Done done);
  // Calls `again` when the socket is ready for what OpenSSL waits for; `done` with an error where it waits for
  // nothing.
  template <typename Again>
  void await(int reason, Done done, Again again);
  void complete(Done done, Error error, std::size_t size);

  Socket socket_;
  const std::shared_ptr<TlsContext> tls_;
  WorkerPool& handshakes_;
  TlsContext::Session session_;
  std::size_t max_queued_ = 0;
  bool step_running_ = false;  // the handshake thread has the session and the descriptor
  bool closed_ = false;
};

}  // namespace eyrie::net
