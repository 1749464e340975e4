// The functions that were created, as they are invoked: resolves names, versions and weighted aliases, keeps the limits of concurrency,
// and handles the events of the queue that are for them.
//
// An event's function is "NAME" or "NAME:QUALIFIER". What the function answers with an error is tried again after 1 and after 2 minutes, or as RetryWaits say
// (EventInvokeConfig may say fewer times); where it is at its limit of concurrency, or the sandbox could not be made, after 1 s, doubled up to 5 minutes,
// uncounted; neither beyond the event's greatest age (6 hours, or as the config says). What was given up, or done, goes to its destination
// with AWS's record; of an event whose version or alias was deleted, by what $LATEST says.
//
// A chain of requests that has gone through a function kMostPasses times (base/trace/trace_lineage.h) is a loop: the function is not invoked again by it, unless its
// RecursiveLoop is Allow. What a function leaves itself, and what it asks for with the X-Ray header that it was given, is of its chain.
// Source: Lambda developer guide, "Asynchronous invocation", "Lambda function scaling", "Recursive loop detection". Thread safety: all of it.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "base/time/settled_clock.h"
#include "functions/function.h"
#include "functions/invocation_metrics.h"
#include "functions/registry/registry.h"
#include "functions/runtime/pool.h"
#include "monitor/metrics.h"

namespace eyrie::functions {

// What is told of an asynchronous invocation: a record of it, or the dead letter, which is the event with attributes.
struct DestinationMessage {
  struct Attribute {
    std::string name, type, value;  // "ErrorCode", "Number", "200"
  };
  std::string body;
  std::vector<Attribute> attributes = {};
  std::string trace = {};  // what it comes of (base/trace/trace_cause.h); empty: not told
};

// Where that goes, besides to other functions: queues and topics. The function's role must be let send there.
class Destinations {
 public:
  virtual ~Destinations() = default;
  // kNotFound. kPermissionDenied: the message is the action that is not let.
  virtual Status may_send(const std::string& arn, const std::string& role) const = 0;
  // Durable when it returns. Asks may_send() again. kTooLarge: more than goes there.
  virtual Status send(const std::string& arn, const std::string& role, const DestinationMessage& message) = 0;
};

// NAME or NAME:QUALIFIER of the ARN of a function here; nullopt where it is none.
std::optional<std::string> function_of_arn(std::string_view arn);
struct FunctionTarget {
  std::string name;
  std::string qualifier;  // empty: not told
};
FunctionTarget target_of(const std::string& text);

// After an error of the function: before the second try, and before the third.
struct RetryWaits {
  std::chrono::milliseconds first{60'000}, second{120'000};
};

class DeployedFunctions final : public Function {
 public:
  static constexpr int kMostPasses = 16;

  // All must outlive it. `destinations`: null where there are none.
  DeployedFunctions(Registry& registry, Pool& pool, store::EventQueue& events, monitor::Metrics& metrics, Destinations* destinations = nullptr,
                    RetryWaits retry_waits = {}, const Clock& clock = SettledClock::system());

  struct Invoked {
    InvocationOutcome outcome;
    std::string version;  // that was executed
  };
  // kNotFound: no such function, version or alias. kUnavailable: throttled, the message is the reason (pool.h). kPermissionDenied: it would be a loop. A part of the trace of what asks for
  // it, `invocation.cause`; the function gets X-Ray's header of itself. `share`: 0 to 1, what of an alias's weights decides; else that is chance.
  Result<Invoked> invoke_now(const FunctionTarget& target, Invocation invocation, std::optional<double> share = {});
  // Durable when it returns.
  Status invoke_later(const FunctionTarget& target, const std::string& payload, const std::string& request_id, const std::string& cause);
  // Whether something is there to be invoked: kNotFound.
  Status check(const FunctionTarget& target) const;
  // Whether the record of a function with this role would reach its destination. kNotFound, kPermissionDenied.
  Status reaches(const std::string& arn, const std::string& role) const;
  // What whoever brings events must know.
  struct Traits {
    std::string role;
    int timeout_s = 0;
  };
  Result<Traits> traits(const FunctionTarget& target) const;

  // --- for the dispatcher ---
  const std::string& name() const override { return name_; }
  bool waits() const override { return true; }
  void received(const store::Event& event) override;
  Status invoke(const store::Event& event) override;
  std::optional<Retry> retry(const store::Event& event, const Error& error) const override;
  Status give_up(const store::Event& event, const Error& error) override;

 private:
  struct Resolved {
    FunctionPtr function;
    const FunctionVersion* version = nullptr;  // lives with the function
    EventInvokeConfig config;
  };
  Result<Resolved> resolve(const FunctionTarget& target, std::optional<double> share = {}) const;
  // kTooLarge: more than an event may have.
  Status send_to_function(const FunctionTarget& target, const DestinationMessage& message, const std::string& of);
  // A destination that cannot be reached is said in the log, and counted as `failure` of the function `of`: the event itself is done.
  void send(const std::string& arn, const std::string& role, const DestinationMessage& message, const std::string& of, std::string_view failure);

  const std::string name_;  // none
  Registry& registry_;
  Pool& pool_;
  store::EventQueue& events_;
  Destinations* const destinations_;
  const RetryWaits retry_waits_;
  const Clock& clock_;
  monitor::Metrics& metrics_;
  monitor::Counter& throttles_;
  InvocationMetrics series_;
};

}  // namespace eyrie::functions
