#include "net/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

namespace eyrie::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kRecord = 16 << 10;  // what a record of TLS holds

// OpenSSL's errors stand in a queue of the thread: what another call left there would be taken for ours.
template <typename Call>
int reason_of(ssl_st* session, Call call) {
  ERR_clear_error();
  const int outcome = call();
  return outcome == 1 ? SSL_ERROR_NONE : SSL_get_error(session, outcome);
}

// The next bytes to write, a record's worth where there are as many: a head and its small body leave together. The same
// parts give the same bytes, as a write that is made again must.
ByteView next_record(const Transport::Parts& parts, std::size_t skip) {
  thread_local std::array<std::uint8_t, kRecord> gathered;
  std::size_t size = 0;
  for (ByteView part : parts) {
    const std::size_t skipped = std::min(skip, part.size());
    skip -= skipped;
    part = part.subspan(skipped);
    if (size == 0 && part.size() >= kRecord) return part.first(kRecord);
    const std::size_t taken = std::min(part.size(), kRecord - size);
    if (taken > 0) std::memcpy(gathered.data() + size, part.data(), taken);
    size += taken;
  }
  return {gathered.data(), size};
}

}  // namespace

Transport::Transport(Socket socket, std::shared_ptr<TlsContext> tls, WorkerPool& handshakes)
    : socket_(std::move(socket)), tls_(std::move(tls)), handshakes_(handshakes) {
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  if (tls_) socket_.native_non_blocking(true, ignored);
}

std::string Transport::peer() const {
  Error error;
  const auto endpoint = socket_.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

std::uint16_t Transport::peer_port() const {
  Error error;
  const auto endpoint = socket_.remote_endpoint(error);
  return error ? 0 : endpoint.port();
}

std::string_view Transport::tls_version() const {
  if (!session_) return {};
  switch (SSL_version(session_.get())) {
    case TLS1_2_VERSION:
      return "1.2";
    case TLS1_3_VERSION:
      return "1.3";
    default:
      return {};
  }
}

void Transport::complete(Done done, Error error, std::size_t size) {
  asio::post(executor(), [done = std::move(done), error, size]() mutable { done(error, size); });
}

template <typename Again>
void Transport::await(int reason, Done done, Again again) {
  if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
    return complete(std::move(done), asio::error::connection_aborted, 0);
  socket_.async_wait(reason == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write,
                     [this, done = std::move(done), again = std::move(again)](Error error) mutable {
                       // Closed meanwhile: the descriptor may be another's by now.
                       if (!error && closed_) error = asio::error::operation_aborted;
                       if (error) return done(error, 0);
                       again(std::move(done));
                     });
}

// --- the handshake ---

void Transport::handshake(std::size_t max_queued, Done done) {
  max_queued_ = max_queued;
  await(SSL_ERROR_WANT_READ, std::move(done), [this](Done next) { handshake_step(std::move(next)); });
}

void Transport::handshake_step(Done done) {
  auto shared_done = std::make_shared<Done>(std::move(done));
  WorkerPool::Job job = [this, shared_done] {
    if (!session_) session_ = tls_->accept(socket_.native_handle());
    const int reason =
        session_ ? reason_of(session_.get(), [this] { return SSL_accept(session_.get()); }) : SSL_ERROR_SSL;
    ERR_clear_error();
    asio::post(executor(), [this, reason, shared_done] {
      step_running_ = false;
      on_handshake_step(reason, std::move(*shared_done));
    });
  };
  step_running_ = true;
  if (handshakes_.try_post(job, max_queued_)) return;
  step_running_ = false;
  session_.reset();
  complete(std::move(*shared_done), asio::error::no_buffer_space, 0);
}

void Transport::on_handshake_step(int reason, Done done) {
  if (closed_) {
    Error ignored;
    socket_.close(ignored);
    return done(asio::error::operation_aborted, 0);
  }
  if (reason == SSL_ERROR_NONE) return done({}, 0);
  if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) {
    session_.reset();
    return done(asio::error::connection_aborted, 0);
  }
  await(reason, std::move(done), [this](Done next) { handshake_step(std::move(next)); });
}

// --- records ---

void Transport::read_records(std::uint8_t* into, std::size_t size, Done done) {
  // Sending was ended while this read waited: what still comes is taken unread, as read_some() does from then on.
  if (!session_) return read_some(into, size, std::move(done));
  std::size_t total = 0;
  int reason = SSL_ERROR_NONE;
  while (total < size && reason == SSL_ERROR_NONE) {
    std::size_t got = 0;
    reason = reason_of(session_.get(), [&] { return SSL_read_ex(session_.get(), into + total, size - total, &got); });
    total += got;
  }
  // An error behind good bytes is met again by the next read.
  if (total > 0) return complete(std::move(done), {}, total);
  await(reason, std::move(done),
        [this, into, size](Done next) { read_records(into, size, std::move(next)); });
}

void Transport::write_records(const Parts& parts, Done done) {
  if (!session_) return complete(std::move(done), asio::error::operation_aborted, 0);
  std::size_t total = 0;
  int reason = SSL_ERROR_NONE;
  while (reason == SSL_ERROR_NONE) {
    const ByteView record = next_record(parts, total);
    if (record.empty()) break;
    std::size_t sent = 0;
    reason = reason_of(session_.get(), [&] { return SSL_write_ex(session_.get(), record.data(), record.size(), &sent); });
    total += sent;
  }
  if (total > 0) return complete(std::move(done), {}, total);
  await(reason, std::move(done), [this, parts](Done next) { write_records(parts, std::move(next)); });
}

// --- the end ---

void Transport::end_sending() {
  if (session_ && !step_running_) {
    ERR_clear_error();
    SSL_shutdown(session_.get());  // best effort: a full socket does not get its close_notify
    ERR_clear_error();
    session_.reset();
  }
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

// The handshake thread may be using the descriptor: then it closes when the step is back.
void Transport::close() {
  closed_ = true;
  Error ignored;
  if (step_running_) {
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
  } else {
    socket_.close(ignored);
  }
}

}  // namespace eyrie::net
