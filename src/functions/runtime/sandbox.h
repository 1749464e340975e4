// One execution environment: a function's processes, the event they are at work on, and their log.
//
// Its life: start() spawns the runtime, which initialises and asks for its first event (next()); invoke() hands it one and waits for
// the answer. One that answered is asked again; one that crashed, ran out of time or memory, or failed to initialise is over (alive()
// is false) and all its processes are killed. The Runtime API's requests come through runtime_api.h.
// Source: Lambda developer guide, "Lambda execution environment", "Lambda runtime API". Thread safety: invoke() from one thread at a
// time; next(), respond() and so on from others.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "functions/runtime/function_log.h"
#include "functions/runtime/invocation.h"
#include "functions/runtime/sandbox_process.h"

namespace eyrie::functions {

struct SandboxOptions {
  SandboxSpec spec;
  ProcessOptions process;
  std::chrono::milliseconds init_timeout{10'000};
};

class Sandbox {
 public:
  // `logs` must outlive it.
  static Result<std::unique_ptr<Sandbox>> start(SandboxOptions options, FunctionLogs& logs);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  const SandboxSpec& spec() const { return options_.spec; }

  InvocationOutcome invoke(const Invocation& invocation);
  bool alive();
  // Ends it; an invocation in progress answers that the runtime exited.
  void kill();

  // --- the Runtime API ---

  // Whether one of its processes has this socket.
  bool owns(const PeerSocket& socket);
  struct Next {
    Invocation invocation;
    std::int64_t deadline_ms = 0;  // wall clock
  };
  // Waits for the next event; nullopt: the sandbox ends, or it asks twice at once.
  std::optional<Next> next();
  // False where no event of this id is waiting for an answer.
  bool respond(const std::string& request_id, std::string payload);
  bool respond_error(const std::string& request_id, std::string payload);
  bool respond_too_large(const std::string& request_id);
  void init_error(std::string payload);

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class End { kNone, kExited, kMemory, kTimeout };

  Sandbox(SandboxOptions options, SandboxProcess process, FunctionLogs& logs);
  void keep();
  void take_output();
  void log_line(std::string_view line);
  void watch_memory();
  bool finish(const std::string& request_id, bool failed, std::string payload);
  bool initialised(std::unique_lock<std::mutex>& lock, Time deadline);
  InvocationOutcome without_init(std::unique_lock<std::mutex>& lock, const Invocation& invocation);
  // Kills the processes and waits for their end.
  void end_under(std::unique_lock<std::mutex>& lock);
  std::string explain_end(const std::string& request_id, double limit_s);
  void report(const Invocation& invocation, InvocationOutcome& outcome, const std::string& status);

  const SandboxOptions options_;
  FunctionLogs& logs_;
  const Time started_ = std::chrono::steady_clock::now();
  SandboxProcess process_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  bool closing_ = false;     // the processes are to go
  bool gone_ = false;        // they are gone
  bool asking_ = false;      // a next() waits
  std::optional<Time> ready_;  // when it first asked for an event
  bool init_told_ = false;   // a report has had the time of the initialisation
  std::optional<std::string> init_failure_;
  std::optional<Next> waiting_;         // handed over, not yet taken
  std::string current_;                 // request id of the event at work; empty: none
  std::optional<std::pair<bool, std::string>> answer_;  // failed, payload
  End end_ = End::kNone;
  int exit_status_ = 0;
  std::uint64_t most_memory_ = 0;

  std::mutex log_mutex_;
  // Guarded by log_mutex_:
  std::string partial_line_;
  std::string tail_;
  std::size_t logged_ = 0;  // bytes of the log since the invocation began

  std::thread keeper_;
};

}  // namespace eyrie::functions
