// The Runtime API, 2018-06-01, as the processes of sandboxes see it: one loopback port for all (AWS_LAMBDA_RUNTIME_API is HOST:PORT).
// Which sandbox asks is not what the request says but whose processes have the connection's other end, so none takes or answers
// another's event. Whoever belongs to no sandbox is refused.
//
//   GET  /2018-06-01/runtime/invocation/next          waits for an event
//   POST /2018-06-01/runtime/invocation/ID/response
//   POST /2018-06-01/runtime/invocation/ID/error
//   POST /2018-06-01/runtime/init/error
//
// Errors as the API has them: 400 InvalidRequestID, 403 Forbidden, 413 RequestEntityTooLarge. Source: Lambda developer guide, "Lambda
// runtime API". Thread safety: all of it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "functions/runtime/sandbox.h"
#include "net/server.h"

namespace eyrie::functions {

class RuntimeApi final : public net::Handler {
 public:
  // Serves up to `sandboxes` at once, on a port that the system picks.
  static Result<std::unique_ptr<RuntimeApi>> start(unsigned sandboxes);
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
  RuntimeApi() = default;
  struct Entry {
    std::weak_ptr<Sandbox> sandbox;
    std::uint64_t cookie = 0;  // of the socket it asked by last
  };

  std::shared_ptr<Sandbox> find(const net::RequestHead& head);
  // Lets go of the lock meanwhile.
  std::shared_ptr<Sandbox> owner(const PeerSocket& socket, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::map<const Sandbox*, Entry> sandboxes_;
  unsigned expected_ = 0;
  std::uint64_t arrivals_ = 0;  // how many expected ones came, or did not

  std::atomic<std::uint16_t> port_{0};  // 0: a stranger is quicker than start()
  std::unique_ptr<net::Server> server_;
};

}  // namespace eyrie::functions
