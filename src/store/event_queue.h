// Events waiting for their function: leased, at least once, durable. Object writes add theirs in the same transaction as
// the object's row (see ObjectStore); others by push().
//
// A lease hides an event until it is acknowledged, given back with a delay, or the lease's time is over (the worker died).
// Events of one object are leased to each function in the order of their sequencers, one at a time: the next waits for the one before.
// Thread safety: all of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace eyrie::store {

struct Event {
  std::int64_t id = 0;           // of the queue, ascending
  std::string function;          // who is to be invoked
  std::string subject;           // a function's events with the same subject are delivered in order ("bucket/key")
  std::string payload;           // what the function is given (S3 event record JSON)
  int attempts = 0;              // deliveries before this one that failed (retry() was called)
  int deliveries = 0;            // deliveries begun before this one, those that died with their process included
  std::int64_t created_ms = 0;
  std::string request_id;        // of the upload
  std::string trace = {};        // what left it, as base/trace/trace_cause.h writes it; empty: not told
};

struct QueueDepth {
  std::uint64_t ready = 0, leased = 0, delayed = 0, dead = 0;
  std::int64_t oldest_ms = 0;    // created_ms of the oldest event not yet acknowledged; 0: none
};

class EventQueue {
 public:
  virtual ~EventQueue() = default;

  virtual Status push(const Event& event) = 0;  // id is given by the queue
  // The next event that is due, leased for `lease`; nullopt: none is due.
  virtual Result<std::optional<Event>> lease(std::chrono::milliseconds lease) = 0;
  virtual Status acknowledge(std::int64_t id) = 0;
  // Due again after `delay`; attempts + 1.
  virtual Status retry(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason) = 0;
  // The same without counting: it was not the function's fault.
  virtual Status put_off(std::int64_t id, std::chrono::milliseconds delay, const std::string& reason) = 0;
  // It is dead: never leased again, its payload gone, the reason and the rest kept for 14 days.
  virtual Status bury(std::int64_t id, const std::string& reason) = 0;
  // At start: every lease of the process before is void. An event that was in work comes again after a short wait that
  // grows with its deliveries, so that one which kills the process lets the others pass.
  virtual Status release_all() = 0;
  virtual Result<QueueDepth> depth() = 0;

  // Blocks until an event may be due, wake() is called, or `timeout` passes.
  virtual void wait(std::chrono::milliseconds timeout) = 0;
  virtual void wake() = 0;
};

// Decides where an object's event goes. Rules are constant data of the store; see embedded.h.
struct NotificationRule {
  std::string bucket;
  std::string id = "eyrie";  // of the configuration, in events
  std::string function;               // its name, or the ARN of a queue or topic
  std::vector<std::string> events;    // "ObjectCreated:*"
  std::vector<std::string> prefixes;  // any of; empty: all
  std::vector<std::string> suffixes;  // any of, case as `ignore_case` says; empty: all
  bool ignore_case = false;
};

}  // namespace eyrie::store
