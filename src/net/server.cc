#include "net/server.h"

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/log.h"
#include "net/connection.h"

namespace eyrie::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Connection::Strand>;

constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kSweepEvery{250};
constexpr std::chrono::milliseconds kLastAnswers{1000};  // of handlers that waited in vain
constexpr std::chrono::milliseconds kAcceptPause{100};  // where the system has no descriptors or memory left
// Connections over the limit that are told so; beyond them a connection is dropped without a word.
constexpr std::size_t kRefusalReserve = 64;

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler& handler)
      : shared_(options, handler),
        strand_(asio::make_strand(io_)),
        acceptor_(strand_),
        accept_pause_(strand_),
        sweep_timer_(strand_),
        work_(io_.get_executor()) {
    shared_.on_closed = [this](Connection* connection) { forget(connection); };
  }
  ~Impl() { stop(std::chrono::milliseconds(0), {}); }

  Status listen();
  std::uint16_t port() const { return port_; }
  ServerCounters counters() const;
  void stop(std::chrono::milliseconds grace, const std::function<void()>& end_waits);

 private:
  void accept();
  void on_accept(error_code error, Connection::Socket socket);
  bool admit(Connection::Socket socket);
  void sweep();
  std::vector<std::shared_ptr<Connection>> connections() const;
  void forget(Connection* connection);
  bool wait_for_none(std::chrono::milliseconds at_most);

  ServerShared shared_;
  asio::io_context io_;
  Connection::Strand strand_;  // of the three below
  asio::basic_socket_acceptor<tcp, Connection::Strand> acceptor_;
  Timer accept_pause_;
  Timer sweep_timer_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;

  mutable std::mutex mutex_;
  std::condition_variable none_left_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;  // guarded by mutex_
};

Status Server::Impl::listen() {
  const ServerOptions& options = shared_.options;
  error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) return fail(Code::kInvalidArgument, "\"" + options.host + "\" is no IP address");
  const tcp::endpoint endpoint(address, options.port);
  const auto failed = [&] {
    return fail(
        system_error("cannot listen on " + options.host + ":" + std::to_string(options.port), error.value()));
  };
  if (acceptor_.open(endpoint.protocol(), error)) return failed();
  if (acceptor_.set_option(tcp::acceptor::reuse_address(true), error)) return failed();
  if (acceptor_.bind(endpoint, error)) return failed();
  if (acceptor_.listen(kBacklog, error)) return failed();
  port_ = acceptor_.local_endpoint(error).port();
  if (error) return failed();
  accept();
  sweep();
  for (unsigned i = 0; i < std::max(1U, options.io_threads); ++i) {
    threads_.emplace_back([this] { io_.run(); });
  }
  return {};
}

void Server::Impl::accept() {
  acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, Connection::Socket socket) {
    on_accept(error, std::move(socket));
  });
}

void Server::Impl::on_accept(error_code error, Connection::Socket socket) {
  if (shared_.stopping || error == asio::error::operation_aborted) return;
  if (error) {
    // A client that gave up (ECONNABORTED) costs nothing; for the rest waiting is all that helps.
    if (error == asio::error::connection_aborted) return accept();
    log_warning("cannot accept a connection", {{"error", error.message()}});
    accept_pause_.expires_after(kAcceptPause);
    accept_pause_.async_wait([this](error_code stopped) {
      if (!stopped) accept();
    });
    return;
  }
  if (!admit(std::move(socket))) ++shared_.refused_busy;
  accept();
}

// False where there are so many connections that this one is closed without a word.
bool Server::Impl::admit(Connection::Socket socket) {
  const auto connection = std::make_shared<Connection>(std::move(socket), shared_);
  std::size_t open = 0;
  {
    const std::lock_guard lock(mutex_);
    open = connections_.size();
    if (open >= shared_.options.max_connections + kRefusalReserve) return false;
    connections_.emplace(connection.get(), connection);
  }
  if (open < shared_.options.max_connections) {
    connection->start();
  } else {
    connection->refuse();
  }
  return true;
}

void Server::Impl::sweep() {
  sweep_timer_.expires_after(kSweepEvery);
  sweep_timer_.async_wait([this](error_code stopped) {
    if (stopped) return;
    const std::int64_t now = steady_ms();
    for (const auto& connection : connections()) connection->check_deadline(now);
    sweep();
  });
}

std::vector<std::shared_ptr<Connection>> Server::Impl::connections() const {
  std::vector<std::shared_ptr<Connection>> all;
  const std::lock_guard lock(mutex_);
  all.reserve(connections_.size());
  for (const auto& [key, weak] : connections_) {
    if (auto connection = weak.lock()) all.push_back(std::move(connection));
  }
  return all;
}

void Server::Impl::forget(Connection* connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
  if (connections_.empty()) none_left_.notify_all();
}

bool Server::Impl::wait_for_none(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  return none_left_.wait_for(lock, at_most, [this] { return connections_.empty(); });
}

ServerCounters Server::Impl::counters() const {
  ServerCounters now;
  {
    const std::lock_guard lock(mutex_);
    now.connections = connections_.size();
  }
  now.requests = shared_.requests;
  now.refused_busy = shared_.refused_busy;
  now.bad_requests = shared_.bad_requests;
  now.failed_handshakes = shared_.failed_handshakes;
  now.queued = shared_.pool.queued();
  now.in_flight = shared_.in_flight;
  now.read_ahead = shared_.options.max_read_ahead - static_cast<std::uint64_t>(std::max<std::int64_t>(shared_.read_ahead_left, 0));
  return now;
}

void Server::Impl::stop(std::chrono::milliseconds grace, const std::function<void()>& end_waits) {
  if (stopped_) return;
  stopped_ = true;
  shared_.stopping = true;
  asio::post(strand_, [this] {
    error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
  });
  for (const auto& connection : connections()) connection->finish_soon();
  const bool drained = threads_.empty() || wait_for_none(grace);
  if (end_waits) end_waits();
  if (!drained) {
    if (end_waits) wait_for_none(kLastAnswers);
    for (const auto& connection : connections()) connection->close_now();
    // Only the I/O threads have work to do here, which never wait: this is soon over.
    wait_for_none(std::chrono::seconds(10));
  }
  shared_.handshakes.stop();
  shared_.pool.stop();
  work_.reset();
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Handler& handler) {
  auto impl = std::make_unique<Impl>(options, handler);
  EYRIE_CHECK_OK(impl->listen());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
std::uint16_t Server::port() const {
  return impl_->port();
}
ServerCounters Server::counters() const {
  return impl_->counters();
}
void Server::stop(std::chrono::milliseconds grace, const std::function<void()>& end_waits) {
  impl_->stop(grace, end_waits);
}

}  // namespace eyrie::net
