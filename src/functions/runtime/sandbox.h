// One execution environment: a function's processes, the event they are at work on, and their log.
//
// Its life: start() spawns the runtime, which initialises and asks for its first event (next()); invoke() hands it one and waits for
// the answer. One that answered gets its next event once its runtime asks for it (asks()); one that crashed, ran out of time or memory, or
// failed to initialise is over (alive() is false) and all its processes are killed. The Runtime API's requests come through runtime_api.h.
// Source: Lambda developer guide, "Lambda execution environment", "Lambda runtime API". Thread safety: invoke() from one thread at a
// time; next(), respond() and so on from others.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "functions/runtime/cgroups.h"
#include "functions/runtime/function_log.h"
#include "functions/runtime/invocation.h"
#include "functions/runtime/memory_watch.h"
#include "functions/runtime/sandbox_process.h"

namespace eyrie::functions {

struct SandboxOptions {
  SandboxSpec spec;
  ProcessOptions process;
  std::chrono::milliseconds init_timeout{10'000};
};

class Sandbox {
 public:
  // Its processes are in `group`. `logs` must outlive it.
  static Result<std::unique_ptr<Sandbox>> start(SandboxOptions options, Cgroup group, FunctionLogs& logs);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  const SandboxSpec& spec() const { return options_.spec; }

  // `last`: no other sandbox may take it. Else nullopt where this one, once initialised, ended before its runtime took the event.
  std::optional<InvocationOutcome> invoke(const Invocation& invocation, bool last);
  bool alive();
  // Whether it waits for an event: only then one is handed to a sandbox that has had one before. The second waits for it until then.
  bool asks();
  bool asks_by(std::chrono::steady_clock::time_point deadline);
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
  enum class Refusal { kUnknown, kUnderWay };
  // Before the body of one of the answers below is taken, so that one sandbox makes the server hold one: nothing of the kind is waited for
  // (kUnknown), or another body is on its way. The number is for end_receiving(), where the body has gone.
  std::expected<std::uint64_t, Refusal> receive_answer(const std::string& request_id);
  std::expected<std::uint64_t, Refusal> receive_init_error();
  void end_receiving(std::uint64_t number);
  // False where no event of this id is waiting for an answer.
  bool respond(const std::string& request_id, std::string payload);
  bool respond_error(const std::string& request_id, std::string payload);
  bool respond_too_large(const std::string& request_id);
  // False where it has initialised, or failed to, already.
  bool init_error(std::string payload);

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class End { kNone, kExited, kMemory, kTimeout };

  Sandbox(SandboxOptions options, Cgroup group, SandboxProcess process, FunctionLogs& logs);
  void keep();
  void take_output();
  void log_line(std::string_view line);
  // In what time to look again.
  std::chrono::milliseconds watch_memory();
  // The keeper looks at once.
  void wake_keeper();
  std::uint64_t memory_limit() const { return static_cast<std::uint64_t>(options_.spec.memory_mb) << 20; }
  bool finish(const std::string& request_id, bool failed, std::string payload);
  // These two under mutex_.
  bool awaits_answer(const std::string& request_id) const;
  std::expected<std::uint64_t, Refusal> receive(bool awaited);
  bool initialised(std::unique_lock<std::mutex>& lock, Time deadline);
  InvocationOutcome without_init(std::unique_lock<std::mutex>& lock, const Invocation& invocation);
  // Kills the processes and waits for their end.
  void end_under(std::unique_lock<std::mutex>& lock);
  struct Ending {
    std::string status, error_type;  // as a REPORT line has them; empty: it ended well
    std::string line;                // why, for the log
  };
  // What a runtime that ended without an answer is told of in its stead: becomes the outcome's payload.
  Ending explain_end(const std::string& request_id, double limit_s, InvocationOutcome& outcome);
  void report(const Invocation& invocation, InvocationOutcome& outcome, const Ending& ending);

  const SandboxOptions options_;
  const Cgroup group_;  // goes after its processes
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
  std::uint64_t bodies_ = 0;     // how many were begun
  std::uint64_t receiving_ = 0;  // the one on its way; 0: none
  End end_ = End::kNone;
  int exit_status_ = 0;
  std::uint64_t most_memory_ = 0;

  std::mutex log_mutex_;
  // Guarded by log_mutex_:
  std::string partial_line_;
  std::string tail_;
  std::size_t logged_ = 0;  // bytes of the log since the invocation began

  std::mutex memory_mutex_;
  MemoryWatch memory_;  // guarded by memory_mutex_

  int wake_ = -1;  // an eventfd
  std::thread keeper_;
};

}  // namespace eyrie::functions
