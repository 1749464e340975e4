#include "functions/dispatcher.h"

#include <algorithm>

#include "base/time/clock.h"
#include "base/log.h"
#include "base/trace/trace_cause.h"

namespace eyrie::functions {
namespace {

// How long a worker sleeps where nothing is due; a push wakes it earlier.
constexpr std::chrono::milliseconds kIdleWait{1000};
// After a failure of the queue itself (a full disk, say).
constexpr std::chrono::milliseconds kQueueFailureWait{500};

void log_failure(std::string_view what, const store::Event& event, const Error& error) {
  log_error(what, {{"function", event.function},
                   {"event", event.id},
                   {"attempts", event.attempts + 1},
                   {"error", error.message}});
}

}  // namespace

Dispatcher::Dispatcher(const DispatcherOptions& options, store::EventQueue& queue,
                       const std::vector<Function*>& functions, monitor::Metrics& metrics, Function* others,
                       Function* notifications)
    : options_(options),
      queue_(queue),
      invocations_(metrics.counter("eyrie_function_invocations_total", "Functions invoked")),
      errors_(metrics.counter("eyrie_function_errors_total", "Invocations that failed")),
      dead_letters_(metrics.counter("eyrie_function_dead_letters_total", "Events given up after the last attempt")),
      duration_ms_(metrics.histogram("eyrie_function_duration_ms", "Time of one invocation in milliseconds")),
      running_(metrics.gauge("eyrie_function_running", "Invocations in progress")),
      others_(others),
      notifications_(notifications) {
  for (Function* function : functions) functions_[function->name()] = function;
}

Dispatcher::~Dispatcher() { stop(); }

void Dispatcher::start() {
  for (unsigned i = 0; i < std::max(1U, options_.workers); ++i) workers_.emplace_back([this] { work(); });
}

void Dispatcher::begin_no_more() {
  stopping_ = true;
  queue_.wake();
}

void Dispatcher::stop() {
  begin_no_more();
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
  workers_.clear();
  std::unique_lock lock(apart_mutex_);
  apart_changed_.wait(lock, [this] { return apart_ == 0; });
}

void Dispatcher::work() {
  while (!stopping_) {
    auto event = queue_.lease(options_.lease);
    if (!event) {
      log_error("cannot lease an event", {{"error", event.error().message}});
      std::this_thread::sleep_for(kQueueFailureWait);
    } else if (!*event) {
      queue_.wait(kIdleWait);
    } else {
      deliver(**event);
    }
  }
}

void Dispatcher::deliver(const store::Event& event) {
  const LogContext context(event.request_id, trace_id_of_cause(event.trace));
  const auto found = functions_.find(event.function);
  Function* function = event.function.starts_with("arn:") ? notifications_ : found == functions_.end() ? others_ : found->second;
  if (function == nullptr) {
    const Error error{Code::kNotFound, "no function is called " + event.function};
    log_failure("event buried", event, error);
    dead_letters_.add();
    if (auto buried = queue_.bury(event.id, error.message); !buried) log_failure("cannot bury", event, buried.error());
    return;
  }
  if (event.deliveries == 0) function->received(event);
  if (function->waits()) return deliver_apart(*function, event);
  run(*function, event);
}

void Dispatcher::deliver_apart(Function& function, const store::Event& event) {
  {
    const std::lock_guard lock(apart_mutex_);
    if (apart_ < options_.waiting) {
      ++apart_;
      std::thread([this, &function, event] {
        const LogContext context(event.request_id, trace_id_of_cause(event.trace));
        run(function, event);
        // Under the lock: the dispatcher may be gone once it is free.
        const std::lock_guard done(apart_mutex_);
        --apart_;
        apart_changed_.notify_all();
      }).detach();
      return;
    }
  }
  // As if the function had said so itself.
  after_failure(function, event, {Code::kUnavailable, "ConcurrentInvocationLimitExceeded"});
}

void Dispatcher::run(Function& function, const store::Event& event) {
  Stopwatch watch;
  running_.add(1);
  invocations_.add();
  const Status outcome = function.invoke(event);
  running_.add(-1);
  duration_ms_.observe(watch.elapsed_ms());
  if (!outcome) return after_failure(function, event, outcome.error());
  // Where this fails the lease runs out and the event comes again, which changes nothing.
  if (auto done = queue_.acknowledge(event.id); !done) log_failure("cannot acknowledge", event, done.error());
}

void Dispatcher::after_failure(Function& function, const store::Event& event, const Error& error) {
  const int attempts = event.attempts + 1;
  Retry retry{.what = attempts < options_.max_attempts ? Retry::What::kAgain : Retry::What::kGiveUp, .after = backoff(attempts)};
  if (const auto own = function.retry(event, error)) retry = *own;
  if (retry.what == Retry::What::kLeave) return;
  if (retry.what == Retry::What::kLater) {
    if (auto put_off = queue_.put_off(event.id, retry.after, error.message); !put_off) log_failure("cannot delay", event, put_off.error());
    return;
  }
  errors_.add();
  log_failure("invocation failed", event, error);
  if (retry.what == Retry::What::kAgain) {
    const Status delayed = queue_.retry(event.id, retry.after, error.message);
    if (!delayed) log_failure("cannot delay", event, delayed.error());
    return;
  }
  // The word to people comes first: were the event buried and the process killed, nobody would say it.
  if (auto told = function.give_up(event, error); !told) {
    log_failure("cannot record the failure", event, told.error());
    if (auto delayed = queue_.retry(event.id, options_.max_backoff, error.message); !delayed) {
      log_failure("cannot delay", event, delayed.error());
    }
    return;
  }
  dead_letters_.add();
  if (auto buried = queue_.bury(event.id, error.message); !buried) log_failure("cannot bury", event, buried.error());
}

std::chrono::milliseconds Dispatcher::backoff(int attempts) const {
  auto wait = options_.first_backoff;
  for (int i = 1; i < attempts && wait < options_.max_backoff; ++i) wait *= 2;
  return std::min(wait, options_.max_backoff);
}

}  // namespace eyrie::functions
