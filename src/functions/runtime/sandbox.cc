#include "functions/runtime/sandbox.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/clock.h"
#include "base/json.h"

namespace eyrie::functions {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMegabyte = 1U << 20;
// How often memory is looked at while there is work, and how long the keeper sleeps where there is none.
constexpr milliseconds kLookEvery{50}, kIdleLook{1000};
// A line longer than this is cut in two.
constexpr std::size_t kMaxLine = 64U << 10;
// What one invocation may write to its log.
constexpr std::size_t kMaxLogged = 1U << 20;
constexpr std::string_view kDropped = "[the rest of what this invocation wrote is left out: over 1 MiB]";

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

std::string two_decimals(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string error_payload(std::string_view type, std::string_view message) {
  return write_json(json::object{{"errorType", type}, {"errorMessage", message}});
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::start(SandboxOptions options, FunctionLogs& logs) {
  EYRIE_TRY(SandboxProcess process, SandboxProcess::start(options.process));
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(options), std::move(process), logs));
}

Sandbox::Sandbox(SandboxOptions options, SandboxProcess process, FunctionLogs& logs)
    : options_(std::move(options)), logs_(logs), process_(std::move(process)), keeper_([this] { keep(); }) {}

Sandbox::~Sandbox() {
  kill();
  keeper_.join();
}

bool Sandbox::alive() {
  const std::lock_guard lock(mutex_);
  return !closing_ && !gone_;
}

void Sandbox::kill() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  process_.kill();
}

// --- the keeper's thread: output, memory, the end ---

void Sandbox::keep() {
  while (true) {
    milliseconds patience = kIdleLook;
    {
      const std::lock_guard lock(mutex_);
      if (!current_.empty() || !ready_) patience = kLookEvery;
    }
    pollfd watched[2] = {{.fd = process_.output(), .events = POLLIN, .revents = 0},
                         {.fd = process_.ended_fd(), .events = POLLIN, .revents = 0}};
    ::poll(watched, 2, static_cast<int>(patience.count()));
    take_output();
    if (const auto status = process_.ended()) {
      take_output();
      const std::lock_guard lock(mutex_);
      gone_ = true;
      exit_status_ = *status;
      if (end_ == End::kNone) end_ = End::kExited;
      changed_.notify_all();
      return;
    }
    if (patience == kLookEvery) watch_memory();
  }
}

// Each process is bounded by the kernel (RLIMIT_DATA); all of them together by this.
void Sandbox::watch_memory() {
  const std::uint64_t memory = process_.memory();
  const bool over = memory > static_cast<std::uint64_t>(options_.spec.memory_mb) * kMegabyte;
  {
    const std::lock_guard lock(mutex_);
    most_memory_ = std::max(most_memory_, memory);
    if (!over || end_ != End::kNone) return;
    end_ = End::kMemory;
  }
  kill();
}

void Sandbox::take_output() {
  const std::lock_guard lock(log_mutex_);
  char buffer[16384];
  // Bounded, so that a flood does not keep the caller here: the pipe itself then holds it up.
  for (int round = 0; round < 16; ++round) {
    const ssize_t got = ::read(process_.output(), buffer, sizeof buffer);
    if (got <= 0) return;
    partial_line_.append(buffer, static_cast<std::size_t>(got));
    std::size_t from = 0;
    for (std::size_t end; (end = partial_line_.find('\n', from)) != std::string::npos; from = end + 1)
      log_line(std::string_view(partial_line_).substr(from, end - from));
    partial_line_.erase(0, from);
    while (partial_line_.size() > kMaxLine) {
      log_line(std::string_view(partial_line_).substr(0, kMaxLine));
      partial_line_.erase(0, kMaxLine);
    }
  }
}

void Sandbox::log_line(std::string_view line) {
  tail_.append(line).push_back('\n');
  if (tail_.size() > 4 * kLogTail) tail_.erase(0, tail_.size() - kLogTail);
  if (logged_ > kMaxLogged) return;
  logged_ += line.size() + 1;
  logs_.write(options_.spec.function, logged_ > kMaxLogged ? kDropped : line);
}

// --- invocations ---

bool Sandbox::initialised(std::unique_lock<std::mutex>& lock, Time deadline) {
  changed_.wait_until(lock, deadline, [this] { return ready_ || init_failure_ || closing_ || gone_; });
  return ready_ && !init_failure_ && !closing_ && !gone_;
}

// What a runtime that ended without an answer is told of in its stead.
std::string Sandbox::explain_end(const std::string& request_id, double limit_s) {
  const std::string whose = "RequestId: " + request_id + " Error: ";
  if (end_ == End::kTimeout) return error_payload("Sandbox.Timedout", whose + "Task timed out after " + two_decimals(limit_s) + " seconds");
  if (end_ == End::kMemory || exit_status_ > 128) {
    const bool killed = end_ == End::kMemory || exit_status_ == 128 + 9;
    return error_payload("Runtime.ExitError", whose + "Runtime exited with error: signal: " +
                                                  (killed ? "killed" : std::to_string(exit_status_ - 128)));
  }
  if (exit_status_ == 126 || exit_status_ == 127)
    return error_payload("Runtime.InvalidEntrypoint", whose + "the runtime's program could not be started");
  if (exit_status_ == 0) return error_payload("Runtime.ExitError", whose + "Runtime exited without providing a reason");
  return error_payload("Runtime.ExitError", whose + "Runtime exited with error: exit status " + std::to_string(exit_status_));
}

void Sandbox::end_under(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  kill();
  lock.lock();
  changed_.wait(lock, [this] { return gone_; });
}

// The runtime has told why, or is killed: for its time, its memory, or the server's end.
InvocationOutcome Sandbox::without_init(std::unique_lock<std::mutex>& lock, const Invocation& invocation) {
  if (!init_failure_ && !gone_ && !closing_) end_ = End::kTimeout;
  end_under(lock);
  InvocationOutcome outcome{.failed = true};
  outcome.payload = init_failure_ ? *init_failure_
                                  : explain_end(invocation.request_id, std::chrono::duration<double>(options_.init_timeout).count());
  outcome.init_ms = since(started_);
  const std::string status = end_ == End::kTimeout ? "timeout" : "error";
  lock.unlock();
  report(invocation, outcome, status);
  return outcome;
}

InvocationOutcome Sandbox::invoke(const Invocation& invocation) {
  const std::string& id = invocation.request_id;
  {
    const std::lock_guard log(log_mutex_);
    logged_ = 0;
    tail_.clear();
    log_line("START RequestId: " + id + " Version: " + options_.spec.version);
  }
  std::unique_lock lock(mutex_);
  most_memory_ = 0;
  const auto limit = std::chrono::seconds(options_.spec.timeout_s);
  if (!initialised(lock, started_ + options_.init_timeout)) return without_init(lock, invocation);
  InvocationOutcome outcome;
  if (!init_told_) outcome.init_ms = std::chrono::duration<double, std::milli>(*ready_ - started_).count();
  init_told_ = true;
  const Time begun = std::chrono::steady_clock::now();
  answer_.reset();
  current_ = id;
  waiting_ = Next{.invocation = invocation, .deadline_ms = Clock::system().now_ms() + milliseconds(limit).count()};
  changed_.notify_all();
  changed_.wait_until(lock, begun + limit, [this] { return answer_ || gone_; });
  outcome.duration_ms = since(begun);
  if (!answer_ && !gone_) {
    end_ = end_ == End::kNone ? End::kTimeout : end_;
    end_under(lock);
  }
  waiting_.reset();
  current_.clear();
  outcome.failed = !answer_ || answer_->first;
  std::string status;
  if (answer_) {
    outcome.payload = std::move(answer_->second);
  } else {
    outcome.payload = explain_end(id, static_cast<double>(options_.spec.timeout_s));
    status = end_ == End::kTimeout ? "timeout" : "error";
  }
  const bool measured = most_memory_ != 0 || gone_;
  lock.unlock();
  if (!measured) watch_memory();  // it was quicker than the keeper looks
  report(invocation, outcome, status);
  return outcome;
}

void Sandbox::report(const Invocation& invocation, InvocationOutcome& outcome, const std::string& status) {
  // What was written before the answer is in the pipe by now.
  take_output();
  {
    const std::lock_guard lock(mutex_);
    outcome.memory_mb = (most_memory_ + kMegabyte - 1) / kMegabyte;
  }
  const std::string& id = invocation.request_id;
  const std::lock_guard log(log_mutex_);
  if (!partial_line_.empty()) log_line(std::exchange(partial_line_, {}));
  logged_ = std::min(logged_, kMaxLogged - kLogTail);  // these lines are always written
  if (status == "timeout") log_line(id + " Task timed out after " + two_decimals(outcome.duration_ms / 1000) + " seconds");
  log_line("END RequestId: " + id);
  std::string line = "REPORT RequestId: " + id + "\tDuration: " + two_decimals(outcome.duration_ms) + " ms\tBilled Duration: " +
                     std::to_string(static_cast<std::int64_t>(std::ceil(outcome.duration_ms))) + " ms\tMemory Size: " +
                     std::to_string(options_.spec.memory_mb) + " MB\tMax Memory Used: " + std::to_string(outcome.memory_mb) + " MB";
  if (outcome.init_ms > 0) line += "\tInit Duration: " + two_decimals(outcome.init_ms) + " ms";
  if (!status.empty()) line += "\tStatus: " + status;
  log_line(line);
  outcome.log_tail = tail_.size() > kLogTail ? tail_.substr(tail_.size() - kLogTail) : tail_;
}

// --- the Runtime API ---

bool Sandbox::owns(const PeerSocket& socket) {
  {
    const std::lock_guard lock(mutex_);
    if (gone_) return false;  // its process's number may be another's by now
  }
  return process_.owns(socket);
}

std::optional<Sandbox::Next> Sandbox::next() {
  std::unique_lock lock(mutex_);
  if (asking_ || closing_) return std::nullopt;
  asking_ = true;
  if (!ready_) ready_ = std::chrono::steady_clock::now();
  changed_.notify_all();
  changed_.wait(lock, [this] { return waiting_ || closing_ || gone_; });
  asking_ = false;
  if (closing_ || gone_) return std::nullopt;
  return std::exchange(waiting_, std::nullopt);
}

bool Sandbox::finish(const std::string& request_id, bool failed, std::string payload) {
  {
    const std::lock_guard lock(mutex_);
    // One that was not yet taken cannot be answered: nobody but next() tells its id.
    if (current_ != request_id || request_id.empty() || answer_ || waiting_) return false;
    answer_.emplace(failed, std::move(payload));
  }
  changed_.notify_all();
  return true;
}

bool Sandbox::respond(const std::string& request_id, std::string payload) { return finish(request_id, false, std::move(payload)); }

bool Sandbox::respond_error(const std::string& request_id, std::string payload) { return finish(request_id, true, std::move(payload)); }

bool Sandbox::respond_too_large(const std::string& request_id) {
  return finish(request_id, true,
                error_payload("Function.ResponseSizeTooLarge",
                              "Response payload size exceeded maximum allowed payload size (" + std::to_string(kMaxPayload) + " bytes)."));
}

void Sandbox::init_error(std::string payload) {
  {
    const std::lock_guard lock(mutex_);
    if (ready_ || init_failure_) return;
    init_failure_ = std::move(payload);
  }
  changed_.notify_all();
}

}  // namespace eyrie::functions
