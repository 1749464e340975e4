// A function: code that an event invokes. The built-in ones run in-process; child processes on the Runtime API come
// behind the same interface (deployed_functions.h).
//
// Delivery is at least once, so invoke() must be idempotent. Thread safety: invoke() is called by many workers at once.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "store/event_queue.h"

namespace eyrie::functions {

// What becomes of an event whose invocation failed.
struct Retry {
  enum class What {
    kAgain,   // later, as one attempt more
    kLater,   // later, and it does not count: the function was not at fault
    kGiveUp,
    kLeave,   // as it is: its lease ends with the process, and it comes again after the next start
  };
  What what = What::kGiveUp;
  std::chrono::milliseconds after{0};
};

class Function {
 public:
  virtual ~Function() = default;
  virtual const std::string& name() const = 0;

  // The event is taken from the queue for the first time; before anything else is done with it. Not told again after a crash.
  virtual void received(const store::Event&) {}
  // An error is retried, as retry() says, else as DispatcherOptions do.
  virtual Status invoke(const store::Event& event) = 0;
  virtual std::optional<Retry> retry(const store::Event&, const Error&) const { return std::nullopt; }

  // The last attempt failed; the event goes to the dead letters. Says so where people look.
  virtual Status give_up(const store::Event& event, const Error& error) = 0;

  // Whether invoke() mostly waits for other processes: it then gets a thread of its own, and holds up no event of other functions.
  virtual bool waits() const { return false; }
};

}  // namespace eyrie::functions
