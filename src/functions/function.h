// A function: code that an event invokes. The built-in ones run in-process; child processes on the Runtime API come
// behind the same interface.
//
// Delivery is at least once, so invoke() must be idempotent. Thread safety: invoke() is called by many workers at once.
#pragma once

#include <string>

#include "base/result.h"
#include "store/event_queue.h"

namespace eyrie::functions {

class Function {
 public:
  virtual ~Function() = default;
  virtual const std::string& name() const = 0;

  // An error is retried (see DispatcherOptions).
  virtual Status invoke(const store::Event& event) = 0;

  // The last attempt failed; the event goes to the dead letters. Says so where people look.
  virtual Status give_up(const store::Event& event, const Error& error) = 0;
};

}  // namespace eyrie::functions
