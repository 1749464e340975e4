#include "functions/runtime/sandbox.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "base/time/clock.h"
#include "base/json.h"

namespace eyrie::functions {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMegabyte = 1U << 20;
// What an invocation takes before the keeper is woken for it: most are quicker.
constexpr milliseconds kQuick{50};
// How long the keeper sleeps at most, and by how much it looks less often where there is no work: threads may go on between events.
constexpr milliseconds kLongestSleep{1000};
constexpr int kIdle = 20;
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

// "killed", "segmentation fault": as Go names signals, whose words Lambda's are.
std::string signal_name(int number) {
  const char* known = ::sigdescr_np(number);
  std::string name = known != nullptr ? known : std::to_string(number);
  if (name.size() > 1 && std::islower(static_cast<unsigned char>(name[1])) != 0) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  return name;
}

std::string error_payload(std::string_view type, std::string_view message) {
  return write_json(json::object{{"errorType", type}, {"errorMessage", message}});
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::start(SandboxOptions options, Cgroup group, FunctionLogs& logs) {
  options.process.groups = group.folders();
  EYRIE_TRY(SandboxProcess process, SandboxProcess::start(options.process));
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(options), std::move(group), std::move(process), logs));
}

Sandbox::Sandbox(SandboxOptions options, Cgroup group, SandboxProcess process, FunctionLogs& logs)
    : options_(std::move(options)),
      group_(std::move(group)),
      logs_(logs),
      process_(std::move(process)),
      memory_(process_.pid(), memory_limit()),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      keeper_([this] { keep(); }) {}

Sandbox::~Sandbox() {
  kill();
  keeper_.join();
  if (wake_ >= 0) ::close(wake_);
}

bool Sandbox::alive() {
  const std::lock_guard lock(mutex_);
  return !closing_ && !gone_;
}

bool Sandbox::asks() { return asks_by(Time::min()); }

bool Sandbox::asks_by(Time deadline) {
  std::unique_lock lock(mutex_);
  const auto known = [this] { return asking_ || closing_ || gone_; };
  if (!known() && deadline > std::chrono::steady_clock::now()) changed_.wait_until(lock, deadline, known);
  return asking_ && !closing_ && !gone_;
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
  Time look = started_;  // when memory is looked at next
  while (true) {
    bool working = false;
    {
      const std::lock_guard lock(mutex_);
      working = !current_.empty() || !ready_;
    }
    const auto until = std::chrono::ceil<milliseconds>(look - std::chrono::steady_clock::now());
    const milliseconds patience = std::clamp(until, milliseconds(0), kLongestSleep);
    pollfd watched[3] = {{.fd = process_.output(), .events = POLLIN, .revents = 0},
                         {.fd = process_.ended_fd(), .events = POLLIN, .revents = 0},
                         {.fd = wake_, .events = POLLIN, .revents = 0}};
    ::poll(watched, 3, static_cast<int>(patience.count()));
    std::uint64_t woken = 0;
    if (watched[2].revents != 0 && ::read(wake_, &woken, sizeof woken) == sizeof woken) look = std::chrono::steady_clock::now();
    take_output();
    if (const auto status = process_.ended()) {
      take_output();
      const std::lock_guard lock(mutex_);
      gone_ = true;
      exit_status_ = *status;
      const bool killed = group_.killed();
      if (killed) most_memory_ = std::max(most_memory_, memory_limit());
      if (end_ == End::kNone) end_ = killed ? End::kMemory : End::kExited;
      changed_.notify_all();
      return;
    }
    // Not with each line that it writes.
    if (std::chrono::steady_clock::now() < look) continue;
    const milliseconds again = watch_memory();
    look = std::chrono::steady_clock::now() + (working ? again : again * kIdle);
  }
}

void Sandbox::wake_keeper() {
  const std::uint64_t once = 1;
  if (wake_ >= 0 && ::write(wake_, &once, sizeof once) < 0) return;  // it is being woken
}

milliseconds Sandbox::watch_memory() {
  const std::lock_guard one_at_a_time(memory_mutex_);
  MemoryWatch::Look look = memory_.look();
  // Version 1 kills one process, which need not be the runtime.
  const bool killed = group_.killed();
  {
    const std::lock_guard lock(mutex_);
    most_memory_ = std::max({most_memory_, look.bytes, killed ? memory_limit() : 0});
    if ((!look.over && !killed) || end_ != End::kNone) return look.again;
    end_ = End::kMemory;
  }
  kill();
  return look.again;
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

// The words are Lambda's own.
Sandbox::Ending Sandbox::explain_end(const std::string& request_id, double limit_s, InvocationOutcome& outcome) {
  const std::string whose = "RequestId: " + request_id + " Error: ";
  if (end_ == End::kTimeout) {
    const std::string what = "Task timed out after " + two_decimals(limit_s) + " seconds";
    outcome.payload = error_payload("Sandbox.Timedout", whose + what);
    return {.status = "timeout", .error_type = "", .line = request_id + " " + what};
  }
  Ending ending{.status = "error", .error_type = "Runtime.ExitError", .line = whose + "Runtime exited with error: "};
  if (end_ == End::kMemory) {
    ending.error_type = "Runtime.OutOfMemory";
    ending.line += "signal: killed";
  } else if (exit_status_ > 128) {
    ending.line += "signal: " + signal_name(exit_status_ - 128);
  } else if (exit_status_ == 126 || exit_status_ == 127) {
    ending.error_type = "Runtime.InvalidEntrypoint";
    ending.line = whose + "the runtime's program could not be started";
  } else if (exit_status_ == 0) {
    ending.line = whose + "Runtime exited without providing a reason";
  } else {
    ending.line += "exit status " + std::to_string(exit_status_);
  }
  outcome.payload = error_payload(ending.error_type, ending.line);
  return ending;
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
  Ending ending{.status = "error", .error_type = "", .line = ""};
  if (init_failure_) {
    outcome.payload = *init_failure_;
    const auto told = parse_json(*init_failure_);
    if (told && told->is_object()) ending.error_type = text_of(told->get_object(), "errorType");
  } else {
    ending = explain_end(invocation.request_id, std::chrono::duration<double>(options_.init_timeout).count(), outcome);
  }
  outcome.init_ms = since(started_);
  lock.unlock();
  report(invocation, outcome, ending);
  return outcome;
}

std::optional<InvocationOutcome> Sandbox::invoke(const Invocation& invocation, bool last) {
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
  if (!initialised(lock, started_ + options_.init_timeout)) {
    if (!last && ready_ && !init_failure_) return std::nullopt;  // it ended between two events
    return without_init(lock, invocation);
  }
  InvocationOutcome outcome;
  if (!init_told_) outcome.init_ms = std::chrono::duration<double, std::milli>(*ready_ - started_).count();
  init_told_ = true;
  const Time begun = std::chrono::steady_clock::now();
  answer_.reset();
  current_ = id;
  waiting_ = Next{.invocation = invocation, .deadline_ms = Clock::system().now_ms() + milliseconds(limit).count()};
  changed_.notify_all();
  const auto done = [this] { return answer_ || gone_; };
  if (!changed_.wait_until(lock, begun + kQuick, done)) {
    wake_keeper();
    changed_.wait_until(lock, begun + limit, done);
  }
  outcome.duration_ms = since(begun);
  const bool taken = !waiting_;
  if (!answer_ && !gone_) {
    end_ = end_ == End::kNone ? End::kTimeout : end_;
    end_under(lock);
  }
  waiting_.reset();
  current_.clear();
  if (!last && !taken && end_ != End::kTimeout) return std::nullopt;
  outcome.failed = !answer_ || answer_->first;
  Ending ending;
  if (answer_) outcome.payload = std::move(answer_->second);
  else ending = explain_end(id, static_cast<double>(options_.spec.timeout_s), outcome);
  const bool measured = most_memory_ != 0 || gone_;
  lock.unlock();
  if (!measured) watch_memory();  // it was quicker than the keeper looks
  report(invocation, outcome, ending);
  return outcome;
}

void Sandbox::report(const Invocation& invocation, InvocationOutcome& outcome, const Ending& ending) {
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
  if (!ending.line.empty()) log_line(ending.line);
  if (!ending.line.empty() && !ending.error_type.empty()) log_line(ending.error_type);
  log_line("END RequestId: " + id);
  std::string line = "REPORT RequestId: " + id + "\tDuration: " + two_decimals(outcome.duration_ms) + " ms\tBilled Duration: " +
                     std::to_string(static_cast<std::int64_t>(std::ceil(outcome.duration_ms))) + " ms\tMemory Size: " +
                     std::to_string(options_.spec.memory_mb) + " MB\tMax Memory Used: " + std::to_string(outcome.memory_mb) + " MB";
  if (outcome.init_ms > 0) line += "\tInit Duration: " + two_decimals(outcome.init_ms) + " ms";
  if (!ending.status.empty()) line += "\tStatus: " + ending.status;
  if (!ending.error_type.empty()) line += "\tError Type: " + ending.error_type;
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

// One that was not yet taken cannot be answered: nobody but next() tells its id.
bool Sandbox::awaits_answer(const std::string& request_id) const { return current_ == request_id && !request_id.empty() && !answer_ && !waiting_; }

std::expected<std::uint64_t, Sandbox::Refusal> Sandbox::receive(bool awaited) {
  if (!awaited) return std::unexpected(Refusal::kUnknown);
  if (receiving_ != 0) return std::unexpected(Refusal::kUnderWay);
  receiving_ = ++bodies_;
  return receiving_;
}

std::expected<std::uint64_t, Sandbox::Refusal> Sandbox::receive_answer(const std::string& request_id) {
  const std::lock_guard lock(mutex_);
  return receive(awaits_answer(request_id));
}

std::expected<std::uint64_t, Sandbox::Refusal> Sandbox::receive_init_error() {
  const std::lock_guard lock(mutex_);
  return receive(!ready_ && !init_failure_);
}

void Sandbox::end_receiving(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (receiving_ == number) receiving_ = 0;
}

bool Sandbox::finish(const std::string& request_id, bool failed, std::string payload) {
  {
    const std::lock_guard lock(mutex_);
    if (!awaits_answer(request_id)) return false;
    answer_.emplace(failed, std::move(payload));
    receiving_ = 0;  // a quick runtime answers the next event before this body's sink has gone
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

bool Sandbox::init_error(std::string payload) {
  {
    const std::lock_guard lock(mutex_);
    if (ready_ || init_failure_) return false;
    init_failure_ = std::move(payload);
  }
  changed_.notify_all();
  return true;
}

}  // namespace eyrie::functions
