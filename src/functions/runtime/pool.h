// Sandboxes, warm and new: finds one for an invocation or starts one, within the limits of concurrency.
//
// A sandbox serves one revision of one version of one function, one event at a time. Where none is idle a new one starts, unless the
// function, or all of them together, has as many at work as it may: kUnavailable, the message is AWS's reason
// ("ReservedFunctionConcurrentInvocationLimitExceeded"). One that idles for long is ended; where there is no room for a new one, the
// one that has idled longest makes it.
//
// A sandbox that answered is idle, but gets its next event only once its runtime has asked for it, as on AWS: it is waited for a while,
// then another one is taken or started. Where a sandbox ends before its runtime took the event, another one gets it.
// Thread safety: all of it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "functions/runtime/cgroups.h"
#include "functions/runtime/function_log.h"
#include "functions/runtime/runtime_api.h"
#include "functions/runtime/sandbox.h"

namespace eyrie::functions {

// What a sandbox signs its calls with: as its function's role, for as long as it lives.
struct SandboxCredentials {
  std::string access_key, secret, session_token;
};

struct PoolOptions {
  std::filesystem::path directory;  // of sandboxes: emptied at start
  std::filesystem::path hidden;     // the server's data directory, which no function sees
  unsigned concurrency = 16;        // invocations at work at once, of all functions
  std::chrono::milliseconds init_timeout{10'000};
  std::chrono::milliseconds idle_timeout{300'000};
  std::chrono::milliseconds discard_after{60'000};
  std::chrono::milliseconds longest_life{6 * 3600 * 1000LL};  // then a sandbox is not used again
  std::chrono::milliseconds ask_again{1000};                  // after an answer: how long a runtime is waited for that has not asked yet
  std::uint64_t body_bytes = 256ULL << 20;                    // what answers on their way may hold, of all sandboxes together
  // Whether sandboxes have walls of namespaces. Where they are wanted and the system allows none, functions run only under a root server,
  // as other users; false: run without, whatever they may then see.
  bool isolate = true;
  std::function<Result<SandboxCredentials>(const SandboxSpec&)> issue = {};  // absent: none
  std::function<void(const SandboxCredentials&)> revoke = {};
};

class Pool {
 public:
  // `logs` must outlive it.
  static Result<std::unique_ptr<Pool>> start(PoolOptions options, FunctionLogs& logs);
  ~Pool();  // stop()

  // Where functions find the server, and what they must trust for it (a PEM file; empty: nothing of ours): those that start from now on.
  void set_endpoint(const std::string& endpoint, const std::filesystem::path& authority);

  // How many of a function's invocations may be at work; `reserved` are what others have kept for themselves.
  struct Limits {
    std::optional<unsigned> own;   // the function's reserved concurrency
    unsigned reserved = 0;         // the sum of all functions'
  };
  Result<InvocationOutcome> invoke(const SandboxSpec& spec, const Limits& limits, const Invocation& invocation);

  // Ends the idle sandboxes of a function; those at work end after their event.
  void retire(const std::string& function);
  // The code in this folder belongs to nothing any more: it goes once no sandbox uses it, a minute from now at the earliest.
  void discard(const std::filesystem::path& code);
  // Kills all sandboxes. Nothing is invoked any more: kUnavailable.
  void stop();

  bool stopping() const;
  bool isolated() const { return isolated_; }
  // Whether the kernel bounds the memory of all processes of a sandbox together.
  bool groups() const { return cgroups_.bounds_memory(); }
  // False where sandboxes could read what is the server's: it then runs none.
  bool safe() const { return safe_; }
  unsigned concurrency() const { return options_.concurrency; }
  // Where code is unpacked to: a folder below, by its own name.
  std::filesystem::path code_directory() const { return options_.directory / "code"; }
  struct Counts {
    std::size_t busy = 0, idle = 0;
    std::uint64_t cold_starts = 0;
  };
  Counts counts() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Slot {
    std::shared_ptr<Sandbox> sandbox;  // null while it starts
    std::string function, version, revision;
    unsigned number = 0;  // of its user
    SandboxCredentials credentials;
    bool busy = false, retired = false;
    Time born, idle_since;
  };
  using Slots = std::list<Slot>;

  Pool(PoolOptions options, FunctionLogs& logs);
  Status prepare();
  bool can_isolate() const;
  // A sandbox that does nothing; what it said where it failed.
  Status try_sandbox(bool isolate, const Cgroup& group) const;
  ProcessOptions process_options(const SandboxSpec& spec, unsigned number) const;
  std::vector<std::string> environment(const SandboxSpec& spec, const SandboxCredentials& credentials) const;
  Result<std::shared_ptr<Sandbox>> start_sandbox(const SandboxSpec& spec, Slot& slot);
  // One whose runtime asks for an event, or a new one. `before`: given back for it, its place among those at work passes on.
  Result<Slots::iterator> find_sandbox(const SandboxSpec& spec, const Limits& limits, std::optional<Slots::iterator> before);
  // `patient`: one that may ask soon does too.
  Result<Slots::iterator> take(const SandboxSpec& spec, const Limits& limits, bool patient, std::optional<Slots::iterator> before, Slots& ended);
  unsigned free_number();
  void give_back(Slots::iterator slot);
  // These two under mutex_.
  void release(Slots::iterator slot, Slots& ended);
  bool is_over(const Slot& slot, Time now) const;
  // Ends what `ended` holds; not under the lock, since killing takes a while.
  void end(Slots ended);
  void reap();
  void remove_discarded(std::unique_lock<std::mutex>& lock);

  PoolOptions options_;
  FunctionLogs& logs_;
  bool isolated_ = false, safe_ = true;
  Cgroups cgroups_;  // goes after the sandboxes
  std::unique_ptr<RuntimeApi> api_;
  std::atomic<std::uint64_t> cold_starts_{0};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::string endpoint_;
  bool has_authority_ = false;
  Slots slots_;
  bool stopping_ = false;
  unsigned next_number_ = 0;
  std::map<std::filesystem::path, Time> discarded_;  // since when

  std::thread reaper_;
};

}  // namespace eyrie::functions
