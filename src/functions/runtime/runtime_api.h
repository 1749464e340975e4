// The Runtime API, 2018-06-01, as the processes of sandboxes see it: one loopback port for all, and each sandbox below a path of 128
// random bits that only its own environment tells (AWS_LAMBDA_RUNTIME_API is HOST:PORT/TOKEN), so none answers another's event.
//
//   GET  /TOKEN/2018-06-01/runtime/invocation/next          waits for an event
//   POST /TOKEN/2018-06-01/runtime/invocation/ID/response
//   POST /TOKEN/2018-06-01/runtime/invocation/ID/error
//   POST /TOKEN/2018-06-01/runtime/init/error
//
// Errors as the API has them: 400 InvalidRequestID, 403 Forbidden, 413 RequestEntityTooLarge. Source: Lambda developer guide, "Lambda
// runtime API". Thread safety: all of it.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "functions/runtime/sandbox.h"
#include "net/server.h"

namespace eyrie::functions {

class RuntimeApi final : public net::Handler {
 public:
  // Serves up to `sandboxes` at once, on a port that the system picks.
  static Result<std::unique_ptr<RuntimeApi>> start(unsigned sandboxes);
  ~RuntimeApi() override;

  // HOST:PORT/TOKEN
  std::string address(const std::string& token) const;
  // A sandbox of this token is about to start: its processes may be quicker than add(), and wait for it.
  void expect(const std::string& token);
  void add(const std::string& token, std::weak_ptr<Sandbox> sandbox);
  void remove(const std::string& token);
  void stop();

  std::expected<std::unique_ptr<net::RequestSink>, net::Response> begin(net::RequestHead head) override;

 private:
  RuntimeApi() = default;
  std::shared_ptr<Sandbox> find(const std::string& token);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::optional<std::weak_ptr<Sandbox>>> sandboxes_;  // guarded by mutex_; nullopt: expected
  std::unique_ptr<net::Server> server_;
};

}  // namespace eyrie::functions
