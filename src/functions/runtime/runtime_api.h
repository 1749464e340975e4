// The Runtime API, 2018-06-01, as the processes of sandboxes see it: one loopback port for all (AWS_LAMBDA_RUNTIME_API is HOST:PORT).
// Which sandbox asks is not what the request says but whose processes have the connection's other end, so none takes or answers
// another's event. Whoever belongs to no sandbox is refused.
//
//   GET  /2018-06-01/runtime/invocation/next          waits for an event
//   POST /2018-06-01/runtime/invocation/ID/response
//   POST /2018-06-01/runtime/invocation/ID/error
//   POST /2018-06-01/runtime/init/error
//
// Errors as the API has them: 400 InvalidRequestID, 403 Forbidden, InvalidStateTransition (an init/error after the initialisation, a
// response while another is under way), 404 a path that it has not, 405 another method, 413 RequestEntityTooLarge. Source: Lambda
// developer guide, "Lambda runtime API".
//
// What a sandbox can make the server hold is bounded: no body is taken but an answer to the event that it is at work on, one at a time;
// those of all sandboxes come out of one budget, beyond which the invocation fails (503 ServiceException); and it asks by
// kMaxConnections at once (429 TooManyConnections). Connections that ask nothing close after a while (net::ServerOptions::head_timeout).
// Thread safety: all of it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "functions/runtime/sandbox.h"
#include "net/http.h"
#include "net/server.h"

namespace eyrie::functions {

class RuntimeApi final : public net::Handler {
 public:
  static constexpr std::size_t kMaxConnections = 16;  // of one sandbox

  // Serves up to `sandboxes` at once, on a port that the system picks. `body_bytes`: what the bodies of all of them may hold.
  static Result<std::unique_ptr<RuntimeApi>> start(unsigned sandboxes, std::uint64_t body_bytes);
  ~RuntimeApi() override;

  // HOST:PORT
  std::string address() const;
  // A sandbox is about to start: its processes may be quicker than the add() or give_up() that follows, and wait for it.
  void expect();
  void add(const std::shared_ptr<Sandbox>& sandbox);
  void give_up();
  void remove(const std::shared_ptr<Sandbox>& sandbox);
  void stop();

  std::expected<std::unique_ptr<net::RequestSink>, net::Response> begin(net::RequestHead head) override;

 private:
  explicit RuntimeApi(std::uint64_t body_bytes) : bodies_(body_bytes) {}
  struct Connection {
    std::string address;
    std::uint16_t port = 0;
  };
  using Connections = std::map<std::uint64_t, Connection>;  // by the cookies of their sockets
  struct Entry {
    std::weak_ptr<Sandbox> sandbox;
    Connections connections;  // that it asked by; those that ended since are found out where there are too many
  };

  // The sandbox that asks, or what it is told instead.
  std::expected<std::shared_ptr<Sandbox>, net::Response> find(const net::RequestHead& head);
  // Both let go of the lock meanwhile.
  std::shared_ptr<Sandbox> owner(const PeerSocket& socket, std::unique_lock<std::mutex>& lock);
  bool admit(const std::shared_ptr<Sandbox>& sandbox, const PeerSocket& socket, const net::RequestHead& head, std::unique_lock<std::mutex>& lock);
  std::unique_ptr<net::RequestSink> take_init_error(net::RequestHead head, const std::shared_ptr<Sandbox>& sandbox, std::uint64_t number);
  std::unique_ptr<net::RequestSink> take_answer(net::RequestHead head, const std::shared_ptr<Sandbox>& sandbox, std::uint64_t number, const std::string& id, bool fails);

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::map<const Sandbox*, Entry> sandboxes_;
  unsigned expected_ = 0;
  std::uint64_t arrivals_ = 0;  // how many expected ones came, or did not

  net::MemoryBudget bodies_;
  std::atomic<std::uint16_t> port_{0};  // 0: a stranger is quicker than start()
  std::unique_ptr<net::Server> server_;
};

}  // namespace eyrie::functions
