// What a sandbox is made for, what it is asked, and what comes of it. Plain values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace eyrie::functions {

inline constexpr std::size_t kMaxPayload = 6U << 20;       // of a synchronous invocation, and of every response
inline constexpr std::size_t kMaxPayloadDepth = 1000;      // of its JSON, which is its owner's: as deep as Python's reader goes
inline constexpr std::size_t kMaxAsyncPayload = 1U << 20;  // of an asynchronous one
inline constexpr std::size_t kLogTail = 4096;              // bytes of the log that an answer carries

struct SandboxSpec {
  std::string function;  // its name
  std::string version;   // "$LATEST", "7"
  std::string revision;  // of code and configuration: a sandbox serves one alone
  std::string runtime;   // "provided.al2023", "python3.11"
  std::string handler;   // "file.function"
  std::string role;      // its ARN
  int memory_mb = 128;
  int timeout_s = 3;
  int tmp_mb = 512;
  std::map<std::string, std::string> environment;  // the function's own variables
  std::filesystem::path code;                      // its unpacked files
};

struct Invocation {
  std::string request_id;
  std::string arn;  // as it was called, with its qualifier
  std::string payload;
  std::string client_context;  // JSON; empty: none
  std::string trace_id = {};   // X-Ray's header; empty: none
  std::string cause = {};      // what asks for it (base/trace/trace_cause.h); empty: not told
  std::int64_t left_ms = 0;    // of an event: when it was left, milliseconds since 1970; 0: it is none
  int deliveries = 0;          // of an event: before this one
};

struct InvocationOutcome {
  bool failed = false;       // the function answered an error, crashed or took too long
  std::string payload;       // its answer, or {"errorMessage", "errorType", ...}
  std::string log_tail;      // the last kLogTail bytes
  double duration_ms = 0;
  double init_ms = 0;        // 0: the sandbox was warm
  std::uint64_t memory_mb = 0;  // the most that was seen
};

}  // namespace eyrie::functions
